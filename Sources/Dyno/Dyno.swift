// Dyno
