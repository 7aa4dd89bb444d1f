/// Answer of `GET /apps/{app}/config-vars`.
package typealias ConfigVarsResource = [String: String]

/// Body of `PATCH /apps/{app}/config-vars`: `null` removes a key.
package typealias ConfigVarsUpdate = [String: String?]
