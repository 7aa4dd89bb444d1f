internal import Addons
package import Model
internal import Store

extension Machines {
    /// What an app's processes find in their environment so that unmodified clients of mail services reach them here.
    func mailEnvironment(for config: [String: String], in app: App) -> [String: String] {
        guard app.has(.mailProxy), let mail = addons.mail else { return [:] }
        return mail.post.environment(for: config)
    }

    /// The ports of this machine at which these config vars are of use.
    func mailPorts(for config: [String: String]) -> [UInt16] {
        guard let mail = addons.mail, mail.post.isUsed(by: config) else { return [] }
        return (mail.post.ports?.smtp).map { [$0] } ?? []
    }

    /// The folders that this environment names.
    func mailFolders(_ environment: [String: String]) -> [String] {
        environment.isEmpty ? [] : (addons.mail?.post.trustFolder).map { [$0] } ?? []
    }
}

extension Platform {
    /// How processes of the app on this machine, dynos or others, reach its mail services; `nil` where it has none.
    ///
    /// - Parameter proxy: what they use for the rest of the world.
    package func mailReach(of app: App, proxy: String? = nil) async throws -> MailReach? {
        guard let mail = machines.addons.mail, !(try await mailAddons(in: app)).isEmpty, let ports = mail.post.ports
        else { return nil }
        var config = try await config(of: app).revealed
        if let proxy { config["https_proxy"] = config["https_proxy"] ?? config["HTTPS_PROXY"] ?? proxy }
        return MailReach(
            hosts: mail.hosts, environment: machines.mailEnvironment(for: config, in: app), smtpPort: ports.smtp)
    }

    /// Opens the doors of mail where there are add-ons that need them.
    func openMail() async throws {
        guard let mail = machines.addons.mail else { return }
        let addons = try await allAddons()
        do { try await mail.resume(addons) } catch {
            // Somebody else has a port for the moment: no reason for the platform not to start.
            reconciler.later { [machines] in
                while (try? await machines.time.sleep(.seconds(2))) != nil {  // The daemon stops.
                    if (try? await mail.resume(addons)) != nil { return }
                }
            }
        }
    }

    /// `http://mail.localhost:8080/`
    package var inboxURL: String { "http://mail.localhost\(settings.port == 80 ? "" : ":\(settings.port)")/" }
}
