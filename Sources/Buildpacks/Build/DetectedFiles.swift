/// The files by which the built-in packs know an app. Source: buildpack-api.md §1.6, §3.
enum DetectedFiles {
    static let node = ["package.json"]
    static let python = [
        ".python-version", "__init__.py", "app.py", "main.py", "manage.py", "pdm.lock", "Pipfile", "Pipfile.lock",
        "poetry.lock", "pyproject.toml", "requirements.txt", "runtime.txt", "server.py", "setup.cfg", "setup.py",
        "uv.lock",
    ]
    static let pythonMisspellings = [
        "requirement.txt", "Requirements.txt", "requirements.text", "requirements.txt.txt", "requirments.txt",
        "requirements", "REQUIREMENTS.txt",
    ]
    static let pythonFolders = ["__pycache__", ".venv", "venv"]
    static let swift = ["Package.swift"]

    static var all: [String] { node + python + swift }
}
