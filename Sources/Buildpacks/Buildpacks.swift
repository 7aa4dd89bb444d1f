// Buildpacks
