import Model
import Testing

@Suite("The servers of this machine that config vars name")
struct MachinePortsTests {
    @Test(
        "are found by host and port, or by a scheme's own port",
        arguments: [
            ("postgres://u:p%40@127.0.0.1:5433/db", [5433]), ("postgres://u:p@localhost/db", [5432]),
            ("redis://[::1]:6380/0", [6380]), ("localhost:9000", [9000]), ("http://shop.localhost:5000/x", [5000]),
            ("a@localhost:1,b@127.0.0.1:2", [1, 2]), ("postgres://db.example.com:5432/x", []), ("5432", []),
            ("", []), ("localhost", []), ("localhost:0", []), ("localhost:99999", []),
            ("MYSQL is at mysql://root@127.0.0.1", [3306]),
        ] as [(String, Set<UInt16>)])
    func named(value: String, ports: Set<UInt16>) { #expect(MachinePorts.named(in: [value]) == ports) }
}
