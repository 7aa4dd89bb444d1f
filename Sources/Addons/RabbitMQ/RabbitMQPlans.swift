internal import Model

/// The plans of CloudAMQP, of every generation. Those that were shared brokers have limits.
enum RabbitMQPlans {
    static let all: [AddonPlan] =
        [
            AddonPlan("lemur", "Little Lemur", limits: ["connections": 20, "queues": 100]),
            AddonPlan("tiger", "Tough Tiger", limits: ["connections": 100, "queues": 1000]),
        ]
        + names.split(separator: " ").map { AddonPlan(String($0), words(String($0))) }

    private static let names =
        "bunny rabbit panda ape hippo lion elephant squirrel-1 hare-1 bunny-1 bunny-3 rabbit-1 rabbit-3 rabbit-5 "
        + "panda-1 panda-3 panda-5 ape-1 ape-3 ape-5 hippo-1 hippo-3 hippo-5 lion-1 lion-3 lion-5 rhino-1 penguin-1"

    private static func words(_ name: String) -> String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }
}
