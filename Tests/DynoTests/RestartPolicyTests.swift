import Dyno
import Model
import Testing

@Suite("A crashed dyno's restart")
struct RestartPolicyTests {
    @Test("comes at once, then after 1, 2, 4, … seconds, never more than a minute")
    func local() {
        var random = SeededGenerator(seed: 1)
        var policy = RestartPolicy()
        let waits = (0..<10).map { _ in policy.crashed(using: &random) }
        #expect(waits == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        policy.started()
        #expect(policy.crashed(using: &random) == .zero)
    }

    @Test("waits as Heroku does when asked to")
    func exact() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<200 {
            var policy = RestartPolicy(exact: true)
            #expect(policy.crashed(using: &random) == .zero)
            for minutes in [20, 40, 60, 180, 320, 320, 320] {
                let wait = policy.crashed(using: &random)
                #expect(wait >= .zero && wait <= .seconds(minutes * 60))
            }
        }
    }
}
