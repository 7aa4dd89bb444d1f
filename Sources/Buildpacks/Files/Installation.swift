/// A language's installation on this machine, known by its program in `bin`.
protocol Installation: Hashable, Sendable {
    /// Host path of the real executable: `/usr/bin/python3.11`.
    var executable: String { get }
}

extension Installation {
    /// The installation's folder: `/usr`, `~/.pyenv/versions/3.12.1`.
    var prefix: String { WorkTree.parent(of: WorkTree.parent(of: executable)) }

    /// Whether dynos see it where it is: their root has the machine's `/usr` and `/opt`.
    var isVisibleInDynos: Bool { Machine.isInDynos(executable) }
}
