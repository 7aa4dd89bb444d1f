import Model
import Testing

@testable import Addons

@Suite("What servers of add-ons are asked and told")
struct ServerWordsTests {
    @Test("memcached is told the user and the password as SASL's PLAIN has them")
    func plain() {
        let request = MemcachedServer.request(user: "ann", password: "secret")
        #expect(request.prefix(12) == [0x80, 0x21, 0, 5, 0, 0, 0, 0, 0, 0, 0, 16])
        #expect(request.count == 24 + 16 && Array(request.suffix(16)) == Array("PLAIN\0ann\0secret".utf8))
    }

    @Test("names are made of the add-on's id, so that what a daemon left can be found")
    func names() throws {
        let id = try #require(AddonID("01234567-89ab-4cde-8f01-23456789abcd"))
        #expect(
            MariaDBDatabase(of: id, password: "p").url(port: 3306)
                == "mysql://u0123456789ab4cde:p@127.0.0.1:3306/d0123456789ab4cde")
        #expect(
            RabbitMQHost(of: id, password: "p").url(port: 5672)
                == "amqp://q0123456789ab4cde:p@127.0.0.1:5672/q0123456789ab4cde")
    }

    @Test("a plan's limits are a virtual host's, and a plan without has none")
    func limits() throws {
        let host = RabbitMQHost(of: AddonID(), password: "p")
        let (small, large) = (RabbitMQPlans.all[0], try #require(RabbitMQPlans.all.first { $0.name == "bunny-1" }))
        #expect(host.change(small).contains(#"[{<<"max-connections">>, 20}, {<<"max-queues">>, 100}]"#))
        #expect(host.change(large).contains(#"[{<<"max-connections">>, -1}, {<<"max-queues">>, -1}]"#))
    }

    @Test("the newest RabbitMQ is taken where there are several")
    func newest() {
        #expect(RabbitMQPrograms.isNewer("rabbitmq_server-3.10.8", than: "rabbitmq_server-3.9.13"))
        #expect(!RabbitMQPrograms.isNewer("rabbitmq_server-3.9.13", than: "rabbitmq_server-3.9.13"))
    }

    @Test("an option that a service does not have is refused by name")
    func options() {
        let service = AddonService(
            name: "cabinet", humanName: "Cabinet", stem: "cabinet", attachmentName: "CABINET", furtherPrefix: "CABINET",
            plans: [])
        #expect(throws: Never.self) { try AddonFailure.refuse([:], of: service) }
        #expect(throws: AddonFailure.self) { try AddonFailure.refuse(["fork": "x"], of: service) }
        let explanation = AddonFailure.noSuchOption("fork", service: "cabinet").explanation
        #expect(explanation.why == "cabinet has no option --fork here.")
    }

    @Test(
        "a program that is missing is named with the package that has it",
        arguments: [
            ("memcached", "memcached sasl2-bin libsasl2-modules"), ("MariaDB", "mariadb-server"),
            ("RabbitMQ", "rabbitmq-server"),
        ])
    func missing(program: String, package: String) {
        let explanation = AddonFailure.missing(program: program, package: package).explanation
        #expect(explanation.what == "\(program) is not on this machine")
        #expect(explanation.mend.first == "sudo apt-get install \(package)")
    }
}
