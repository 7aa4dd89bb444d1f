import Console

/// Every command there is; each is declared in the folder of its topic.
enum CommandTable {
    static var index: CommandIndex { CommandIndex(all) }

    static let all: [Command] = [
        .addons, .addonsAttach, .addonsCreate, .addonsDestroy, .addonsDetach, .addonsDocs, .addonsInfo, .addonsOpen,
        .addonsPlans, .addonsProvider, .addonsProviderAdd, .addonsProviderRemove, .addonsRename, .addonsServices,
        .addonsUpgrade, .addonsWait,
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
        .local, .localKeep, .localRun, .localVersion,
        .login, .logout, .token, .whoami,
        .logs,
        .mail, .mailClear, .mailKeys, .mailKeysCreate, .mailKeysRemove, .mailOpen,
        .maintenance, .maintenanceOff, .maintenanceOn,
        .pgBackups, .pgBackupsCancel, .pgBackupsCapture, .pgBackupsDelete, .pgBackupsDownload, .pgBackupsInfo,
        .pgBackupsRestore, .pgBackupsSchedule, .pgBackupsSchedules, .pgBackupsURL, .pgBackupsUnschedule, .pgCopy,
        .pgCredentials, .pgCredentialsRotate, .pgCredentialsURL, .pgInfo,
        .pgKill, .pgKillall, .pgLocks, .pgMaintenance, .pgMaintenanceRun, .pgMaintenanceWindow, .pgOutliers, .pgPromote,
        .pgPs, .pgPsql, .pgPull, .pgPush, .pgReset, .pgUpgrade, .pgWait,
        .ps, .psExec, .psLost, .psRestart, .psScale, .psSleep, .psStop, .psType, .psWait,
        .redisCLI, .redisCredentials, .redisInfo, .redisMaxmemory, .redisPromote, .redisTimeout, .redisWait,
        .releases, .releasesInfo, .releasesOutput, .releasesRetry, .releasesRollback,
        .run, .runDetached, .runInside,
        .scheduler, .schedulerAdd, .schedulerHistory, .schedulerRemove, .schedulerRun,
        .up, .down, .status, .doctor, .stacks, .regions, .version, .help, .autocomplete, .completionScript, .manual,
    ]
}
