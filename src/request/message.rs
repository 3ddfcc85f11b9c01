//! JSON of LLB messages, defined by tables of their fields.
//!
//! The order is that of BuildKit's contract, which both of Go's encoders follow.

use super::json::{Field, Item, Json, Style};
use crate::proto::pb;

macro_rules! messages {
    ($($type:ident { $($field:ident: $name:literal $(as $enumeration:ident)?,)* })*) => { $(
        impl Item for pb::$type {
            fn write(&self, json: &mut Json) {
                json.object(|json| {
                    $(messages!(@field json, $name, self.$field $(, $enumeration)?);)*
                });
            }
        }
    )* };
    (@field $json:ident, $name:literal, $value:expr) => {
        $json.field($name, &$value)
    };
    (@field $json:ident, $name:literal, $value:expr, $enumeration:ident) => {
        enumeration($json, $name, $value, |value| {
            pb::$enumeration::try_from(value).ok().map(|known| known.as_str_name())
        })
    };
}

messages! {
    Platform {
        architecture: "Architecture",
        os: "OS",
        variant: "Variant",
        os_version: "OSVersion",
        os_features: "OSFeatures",
    }
    Input { digest: "digest", index: "index", }
    ExecOp {
        meta: "meta",
        mounts: "mounts",
        network: "network" as NetMode,
        security: "security" as SecurityMode,
        secretenv: "secretenv",
        cdi_devices: "cdiDevices",
    }
    Meta {
        args: "args",
        env: "env",
        cwd: "cwd",
        user: "user",
        proxy_env: "proxy_env",
        extra_hosts: "extraHosts",
        hostname: "hostname",
        ulimit: "ulimit",
        cgroup_parent: "cgroupParent",
        remove_mount_stubs_recursive: "removeMountStubsRecursive",
        valid_exit_codes: "validExitCodes",
    }
    HostIp { host: "Host", ip: "IP", }
    Ulimit { name: "Name", soft: "Soft", hard: "Hard", }
    SecretEnv { id: "ID", name: "name", optional: "optional", }
    CdiDevice { name: "name", optional: "optional", }
    Mount {
        input: "input",
        selector: "selector",
        dest: "dest",
        output: "output",
        readonly: "readonly",
        mount_type: "mountType" as MountType,
        tmpfs_opt: "TmpfsOpt",
        cache_opt: "cacheOpt",
        secret_opt: "secretOpt",
        ssh_opt: "SSHOpt",
        result_id: "resultID",
        content_cache: "contentCache" as MountContentCache,
    }
    TmpfsOpt { size: "size", }
    CacheOpt { id: "ID", sharing: "sharing" as CacheSharingOpt, }
    SecretOpt { id: "ID", uid: "uid", gid: "gid", mode: "mode", optional: "optional", }
    SshOpt { id: "ID", uid: "uid", gid: "gid", mode: "mode", optional: "optional", }
    SourceOp { identifier: "identifier", attrs: "attrs", }
    BuildOp { builder: "builder", inputs: "inputs", def: "def", attrs: "attrs", }
    BuildInput { input: "input", }
    OpMetadata {
        ignore_cache: "ignore_cache",
        description: "description",
        export_cache: "export_cache",
        caps: "caps",
        progress_group: "progress_group",
        linux_resources: "linux_resources",
    }
    Source { locations: "locations", infos: "infos", }
    Locations { locations: "locations", }
    SourceInfo { filename: "filename", data: "data", definition: "definition", language: "language", }
    Location { source_index: "sourceIndex", ranges: "ranges", }
    Range { start: "start", end: "end", }
    Position { line: "line", character: "character", }
    ExportCache { value: "Value", }
    ProgressGroup { id: "id", name: "name", weak: "weak", }
    LinuxResources {
        memory: "memory",
        memory_swap: "memorySwap",
        cpu_shares: "cpuShares",
        cpu_period: "cpuPeriod",
        cpu_quota: "cpuQuota",
        cpuset_cpus: "cpusetCpus",
        cpuset_mems: "cpusetMems",
    }
    ProxyEnv {
        http_proxy: "http_proxy",
        https_proxy: "https_proxy",
        ftp_proxy: "ftp_proxy",
        no_proxy: "no_proxy",
        all_proxy: "all_proxy",
    }
    WorkerConstraints { filter: "filter", }
    Definition { def: "def", metadata: "metadata", source: "Source", }
    FileOp { actions: "actions", }
    FileActionCopy {
        src: "src",
        dest: "dest",
        owner: "owner",
        mode: "mode",
        follow_symlink: "followSymlink",
        dir_copy_contents: "dirCopyContents",
        attempt_unpack_docker_compatibility: "attemptUnpackDockerCompatibility",
        create_dest_path: "createDestPath",
        allow_wildcard: "allowWildcard",
        allow_empty_wildcard: "allowEmptyWildcard",
        timestamp: "timestamp",
        include_patterns: "include_patterns",
        exclude_patterns: "exclude_patterns",
        always_replace_existing_dest_paths: "alwaysReplaceExistingDestPaths",
        mode_str: "modeStr",
        required_paths: "required_paths",
    }
    FileActionMkFile { path: "path", mode: "mode", data: "data", owner: "owner", timestamp: "timestamp", }
    FileActionSymlink { oldpath: "oldpath", newpath: "newpath", owner: "owner", timestamp: "timestamp", }
    FileActionMkDir {
        path: "path",
        mode: "mode",
        make_parents: "makeParents",
        owner: "owner",
        timestamp: "timestamp",
    }
    FileActionRm { path: "path", allow_not_found: "allowNotFound", allow_wildcard: "allowWildcard", }
    ChownOpt { user: "user", group: "group", }
    NamedUserOpt { name: "name", input: "input", }
    MergeInput { input: "input", }
    MergeOp { inputs: "inputs", }
    LowerDiffInput { input: "input", }
    UpperDiffInput { input: "input", }
    DiffOp { lower: "lower", upper: "upper", }
    PassthroughOp { id: "id", outputs: "outputs", }
}

impl Item for pb::Op {
    fn write(&self, json: &mut Json) {
        use pb::op::Op;
        json.object(|json| {
            json.field("inputs", &self.inputs);
            match &self.op {
                None => {}
                Some(Op::Exec(op)) => json.item("exec", op),
                Some(Op::Source(op)) => json.item("source", op),
                Some(Op::File(op)) => json.item("file", op),
                Some(Op::Build(op)) => json.item("build", op),
                Some(Op::Merge(op)) => json.item("merge", op),
                Some(Op::Diff(op)) => json.item("diff", op),
                Some(Op::Passthrough(op)) => json.item("passthrough", op),
            }
            json.field("platform", &self.platform);
            json.field("constraints", &self.constraints);
        });
    }
}

impl Item for pb::FileAction {
    fn write(&self, json: &mut Json) {
        use pb::file_action::Action;
        json.object(|json| {
            json.field("input", &self.input);
            json.field("secondaryInput", &self.secondary_input);
            json.field("output", &self.output);
            match &self.action {
                None => {}
                Some(Action::Copy(action)) => json.item("copy", action),
                Some(Action::Mkfile(action)) => json.item("mkfile", action),
                Some(Action::Mkdir(action)) => json.item("mkdir", action),
                Some(Action::Rm(action)) => json.item("rm", action),
                Some(Action::Symlink(action)) => json.item("symlink", action),
            }
        });
    }
}

impl Item for pb::UserOpt {
    fn write(&self, json: &mut Json) {
        use pb::user_opt::User;
        json.object(|json| match &self.user {
            None => {}
            Some(User::ByName(name)) => json.item("byName", name),
            Some(User::ById(id)) => json.item("byID", id),
        });
    }
}

/// Writes an enumeration: in protojson by name if the value is known, otherwise as a number.
fn enumeration(json: &mut Json, name: &str, value: i32, known: impl FnOnce(i32) -> Option<&'static str>) {
    if value == 0 {
        return;
    }
    match known(value) {
        Some(text) if json.style == Style::Proto => json.item(name, &text.to_owned()),
        _ => json.item(name, &value),
    }
}

/// Implements [`Field`] for lists of entries that are maps in the contract.
macro_rules! maps {
    ($($entry:ident;)*) => { $(
        impl Field for Vec<pb::$entry> {
            fn is_empty(&self) -> bool {
                self.is_empty()
            }

            fn write(&self, json: &mut Json) {
                // An entry without a value has an empty value.
                let empty = Default::default();
                json.map(self.iter().map(|entry| {
                    (entry.key.as_deref().unwrap_or_default(), entry.value.as_ref().unwrap_or(&empty))
                }));
            }
        }
    )* };
}

maps! {
    Attr;
    BuildInputEntry;
    LocationsEntry;
    MetadataEntry;
}
