import Model
import Testing

@testable import Dyno

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A weaker sandbox")
struct SandboxReportTests {
    private func report(_ settings: [String: Int]) -> SandboxReport {
        SandboxReport(
            level: .l3, failures: [(.l1, "the kernel forbids it")], shimProgram: "/home/me/.local/bin/paas-dyno",
            setting: { settings[$0] })
    }

    @Test("that AppArmor is the reason of is mended by one command, which installs a profile")
    func profile() {
        #expect(
            report(["kernel/apparmor_restrict_unprivileged_userns": 1]).mend.filter { !$0.hasPrefix("docker") } == [
                """
                printf '%s\\n' 'abi <abi/4.0>,' 'include <tunables/global>' \
                'profile home.me..local.bin.paas-dyno "/home/me/.local/bin/paas-dyno" flags=(unconfined) { userns, }' \
                | sudo sh -c 'cat >/etc/apparmor.d/home.me..local.bin.paas-dyno \
                && apparmor_parser --replace /etc/apparmor.d/home.me..local.bin.paas-dyno'
                """, "paas down && paas up",
            ])
    }

    @Test("is mended by the kernel's settings where they are the reason")
    func settings() {
        let mend = report(["kernel/unprivileged_userns_clone": 0, "user/max_user_namespaces": 0]).mend
        #expect(mend.first == "sudo sysctl kernel.unprivileged_userns_clone=1")
        #expect(mend.dropFirst().first == "sudo sysctl user.max_user_namespaces=15000")
    }

    @Test("says what is missing, and is silent where nothing is")
    func missing() {
        #expect(
            report([:]).missing == ["L1 (user namespaces and overlay) is not possible: the kernel forbids it."])
        let forbidden = LaunchFailure(step: "make namespaces", code: ENOSPC)
        let start = DynoStartFailure.sandbox(level: .l1, reason: forbidden.description)
        let report = SandboxReport(
            level: .l3, failures: [(.l1, start.explanation.why)], shimProgram: "/x", setting: { _ in 1 })
        #expect(
            report.missing == [
                "L1 (user namespaces and overlay) is not possible: Setting it up at level L1 failed: make namespaces: "
                    + "this machine allows no more of them (sysctl user.max_user_namespaces)."
            ])
        #expect(SandboxReport(level: .l1, failures: [], shimProgram: "/x", setting: { _ in 1 }).mend == [])
    }
}
