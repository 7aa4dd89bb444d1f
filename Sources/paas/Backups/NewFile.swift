import Posix

/// A file that stands under its name when it is whole, and not before. What is no file, a pipe say, is written to.
final class NewFile {
    private let path: String
    private let file: DescriptorBox
    private var isKept: Bool

    init(at wanted: String) throws(PosixError) {
        path = FileTree.resolved(wanted) ?? wanted
        isKept = FileTree.isSpecial(path)
        file = DescriptorBox(try isKept ? FileTree.open(path) : FileTree.create("\(path).part"))
    }

    func write(_ bytes: [UInt8]) throws { try file.descriptor.writeAll(bytes) }

    func keep() throws {
        guard !isKept else { return }
        try FileTree.move("\(path).part", to: path)
        isKept = true
    }

    deinit {
        // What cannot be removed is a part that says so by its name.
        if !isKept { try? FileTree.remove("\(path).part") }
    }
}

/// Lets a class hold a descriptor.
private final class DescriptorBox {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}
