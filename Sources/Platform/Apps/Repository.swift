internal import Git
package import Model

extension Platform {
    /// The absolute path of the app's bare repository: what its git remote points to.
    package func repositoryPath(of app: App) -> String { machines.git.path(of: app.id) }

    package func repositoryBytes(of app: App) -> Int64 { machines.git.sizeBytes(of: app.id) }
}
