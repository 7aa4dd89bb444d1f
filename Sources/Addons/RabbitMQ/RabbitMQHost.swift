internal import Model

/// The virtual host of one add-on and the user that may do everything there, in the words of RabbitMQ's Erlang.
struct RabbitMQHost: Sendable, Equatable {
    /// Of both; made of the add-on's id: what a daemon that died has left is found.
    let name: String
    /// Of letters and digits, as the name: nothing has to be quoted.
    let password: String

    init(of addon: AddonID, password: String) {
        name = "q\("\(addon)".filter { $0 != "-" }.prefix(16))"
        self.password = password
    }

    /// - Throws: ``AddonFailure`` for an add-on that was never made.
    init(of addon: Addon) throws(AddonFailure) {
        guard let password = addon.memory["password"] else {
            throw .failed("The add-on has no virtual host", reason: "It was never made")
        }
        self.init(of: addon.id, password: password)
    }

    func url(port: UInt16) -> String { "amqp://\(name):\(password)@127.0.0.1:\(port)/\(name)" }

    func creation(_ plan: AddonPlan) -> String {
        """
        case rabbit_vhost:exists(\(binary)) of true -> ok; false -> ok = rabbit_vhost:add(\(binary), <<"paas">>) end,
        catch rabbit_auth_backend_internal:delete_user(\(binary), <<"paas">>),
        ok = rabbit_auth_backend_internal:add_user(\(binary), <<"\(password)">>, <<"paas">>),
        ok = rabbit_auth_backend_internal:set_permissions(
            \(binary), \(binary), <<".*">>, <<".*">>, <<".*">>, <<"paas">>),
        \(limits(plan)), done.
        """
    }

    func change(_ plan: AddonPlan) -> String { "\(limits(plan)), done." }

    /// Whoever is connected is thrown out.
    var removal: String {
        """
        catch rabbit_auth_backend_internal:delete_user(\(binary), <<"paas">>),
        case rabbit_vhost:exists(\(binary)) of true -> rabbit_vhost:delete(\(binary), <<"paas">>); false -> ok end,
        false = rabbit_vhost:exists(\(binary)), done.
        """
    }

    private func limits(_ plan: AddonPlan) -> String {
        let pairs = [("max-connections", "connections"), ("max-queues", "queues")].map { theirs, ours in
            "{<<\"\(theirs)\">>, \(plan.limits[ours] ?? -1)}"
        }
        return "ok = rabbit_vhost_limit:set(\(binary), [\(pairs.joined(separator: ", "))], <<\"paas\">>)"
    }

    private var binary: String { "<<\"\(name)\">>" }
}
