import Console

/// Every command there is; each is declared in the folder of its topic.
enum CommandTable {
    static var index: CommandIndex { CommandIndex(all) }

    static let all: [Command] = [
        .apps, .appsCreate, .appsDestroy, .appsInfo, .appsOpen, .appsRename,
        .buildpacks, .buildpacksAdd, .buildpacksClear, .buildpacksRemove, .buildpacksSet,
        .builds, .buildsCachePurge, .buildsInfo, .buildsOutput,
        .certs, .certsAdd, .certsAuto, .certsAutoDisable, .certsAutoEnable, .certsAutoRefresh,
        .certsAutoWait, .certsGenerate,
        .certsInfo, .certsRemove, .certsTrust, .certsUntrust, .certsUpdate,
        .config, .configEdit, .configGet, .configSet, .configUnset,
        .domains, .domainsAdd, .domainsClear, .domainsInfo, .domainsRemove, .domainsUpdate, .domainsWait,
        .explain,
        .features, .featuresDisable, .featuresEnable, .featuresInfo, .labs,
        .gitClone, .gitRemote, .gitHook,
        .login, .logout, .token, .whoami,
        .logs,
        .maintenance, .maintenanceOff, .maintenanceOn,
        .ps, .psExec, .psLost, .psRestart, .psScale, .psSleep, .psStop, .psType, .psWait,
        .releases, .releasesInfo, .releasesOutput, .releasesRetry, .releasesRollback,
        .run, .runDetached, .runInside,
        .up, .down, .status, .doctor, .stacks, .regions, .version, .help, .autocomplete, .completionScript, .manual,
    ]
}
