package import Model

extension AppName {
    /// `tranquil-tor-32730`: an adjective, a noun of landscape and five digits, as Heroku makes them.
    package static func random(using generator: inout some RandomNumberGenerator) -> AppName? {
        guard let adjective = adjectives.randomElement(using: &generator),
            let noun = nouns.randomElement(using: &generator)
        else { return nil }
        return try? AppName("\(adjective)-\(noun)-\(Int.random(in: 10_000...99_999, using: &generator))")
    }

    private static let adjectives = [
        "ancient", "arcane", "autumn", "blooming", "calm", "cryptic", "damp", "dry", "enigmatic", "evening", "fast",
        "fathomless", "fierce", "floating", "frozen", "gentle", "glacial", "guarded", "hidden", "icy", "infinite",
        "limitless", "lonely", "mighty", "misty", "morning", "mysterious", "nameless", "obscure", "peaceful", "polar",
        "quiet", "radiant", "rocky", "rugged", "safe", "salty", "secret", "serene", "sheltered", "shrouded", "sleepy",
        "still", "stormy", "tranquil", "vast", "warm", "whispering", "wild", "young",
    ]

    private static let nouns = [
        "anchorage", "atoll", "badlands", "bastion", "bayou", "beach", "brook", "brushlands", "canyon", "castle",
        "cliffs", "coast", "cove", "crag", "dawn", "depths", "dusk", "earth", "everglades", "falls", "fjord",
        "forest", "fortress", "garden", "gorge", "harbor", "headland", "hollows", "inlet", "island", "journey",
        "lake", "meadow", "mesa", "mountain", "oasis", "ocean", "peak", "plains", "plateau", "reef", "ridge", "river",
        "savannah", "sea", "shelf", "shore", "springs", "stream", "tor", "tundra", "valley", "wave", "woodland",
    ]
}
