/// Names of add-ons and attachments.
enum AddonName {
    /// Whether an add-on can be called that.
    static func isOne(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 256 else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// As it is kept, however it was typed: `my-db` is `MY_DB`, and `DATABASE_URL` means `DATABASE`.
    static func attachment(_ text: String) -> String {
        let name = text.uppercased().replacing("-", with: "_")
        return name.hasSuffix("_URL") && name.utf8.count > 4 ? String(name.dropLast(4)) : name
    }

    static func isAttachment(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x41...0x5A).contains(first), name.utf8.count <= 128 else { return false }
        return name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    static let shapes = [
        "acute", "adjacent", "aerodynamic", "amorphous", "angular", "asymmetrical", "clean", "closed", "colorful",
        "concave", "concentric", "contoured", "convex", "corrugated", "crystalline", "cubed", "cubic", "curly",
        "curved", "cylindrical", "deep", "defined", "dimensional", "elliptical", "encircled", "fitted", "flat",
        "flexible", "fluffy", "globular", "graceful", "horizontal", "infinite", "lively", "metric", "objective",
        "opaque", "parallel", "perpendicular", "pointy", "polished", "rectangular", "regular", "reticulated", "round",
        "rugged", "shallow", "shaped", "silhouetted", "sinuous", "slippery", "solid", "spherical", "symmetrical",
        "tapered", "tetrahedral", "transparent", "trapezoidal", "triangular", "vertical", "vibrant",
    ]

    /// Source: heroku-cli.md §14.3.
    static let colours = [
        "AMBER", "AQUA", "BLACK", "BLUE", "BRONZE", "BROWN", "CHARCOAL", "COBALT", "COPPER", "CRIMSON", "CYAN", "GOLD",
        "GRAY", "GREEN", "IVORY", "JADE", "MAROON", "MAUVE", "NAVY", "OLIVE", "ONYX", "ORANGE", "PINK", "PUCE",
        "PURPLE", "RED", "ROSE", "SILVER", "TEAL", "VIOLET", "WHITE", "YELLOW",
    ]
}
