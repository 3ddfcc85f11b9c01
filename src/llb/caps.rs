//! Names of LLB capabilities (`solver/pb/caps.go`), which operations require of the engine.

macro_rules! caps {
    ($($name:ident = $id:literal;)*) => {
        $(#[doc = concat!("`", $id, "`")] pub const $name: &str = $id;)*

        /// Every capability.
        #[cfg(any(test, feature = "testing"))]
        pub(crate) const ALL: &[&str] = &[$($id),*];
    };
}

caps! {
    SOURCE_IMAGE = "source.image";
    SOURCE_IMAGE_RESOLVE_MODE = "source.image.resolvemode";
    SOURCE_IMAGE_BLOB = "source.imageblob";
    SOURCE_LOCAL = "source.local";
    SOURCE_LOCAL_SESSION_ID = "source.local.sessionid";
    SOURCE_LOCAL_FOLLOW_PATHS = "source.local.followpaths";
    SOURCE_LOCAL_EXCLUDE_PATTERNS = "source.local.excludepatterns";
    SOURCE_LOCAL_SHARED_KEY_HINT = "source.local.sharedkeyhint";
    SOURCE_GIT = "source.git";
    SOURCE_GIT_KEEP_DIR = "source.git.keepgitdir";
    SOURCE_GIT_FULL_URL = "source.git.fullurl";
    SOURCE_GIT_KNOWN_SSH_HOSTS = "source.git.knownsshhosts";
    SOURCE_GIT_MOUNT_SSH_SOCK = "source.git.mountsshsock";
    SOURCE_GIT_CHECKSUM = "source.git.checksum";
    SOURCE_GIT_SKIP_SUBMODULES = "source.git.skipsubmodules";
    SOURCE_GIT_MTIME = "source.git.mtime";
    SOURCE_GIT_FETCH_BY_COMMIT = "source.git.fetchbycommit";
    SOURCE_HTTP = "source.http";
    SOURCE_HTTP_CHECKSUM = "source.http.checksum";
    SOURCE_HTTP_HEADER = "source.http.header";
    SOURCE_OCI_LAYOUT = "source.ocilayout";
    EXEC_META_BASE = "exec.meta.base";
    EXEC_META_CGROUP_PARENT = "exec.meta.cgroup.parent";
    EXEC_META_NETWORK = "exec.meta.network";
    EXEC_META_PROXY = "exec.meta.proxyenv";
    EXEC_META_SECURITY = "exec.meta.security";
    EXEC_META_SETS_DEFAULT_PATH = "exec.meta.setsdefaultpath";
    EXEC_META_ULIMIT = "exec.meta.ulimit";
    EXEC_META_CDI = "exec.meta.cdi";
    EXEC_META_LINUX_RESOURCES = "exec.meta.linux.resources";
    EXEC_MOUNT_BIND = "exec.mount.bind";
    EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT = "exec.mount.bind.readwrite-nooutput";
    EXEC_MOUNT_CACHE = "exec.mount.cache";
    EXEC_MOUNT_CACHE_SHARING = "exec.mount.cache.sharing";
    EXEC_MOUNT_SELECTOR = "exec.mount.selector";
    EXEC_MOUNT_TMPFS = "exec.mount.tmpfs";
    EXEC_MOUNT_TMPFS_SIZE = "exec.mount.tmpfs.size";
    EXEC_MOUNT_SECRET = "exec.mount.secret";
    EXEC_MOUNT_SSH = "exec.mount.ssh";
    EXEC_SECRET_ENV = "exec.secretenv";
    FILE_BASE = "file.base";
    CONSTRAINTS = "constraints";
    PLATFORM = "platform";
    META_IGNORE_CACHE = "meta.ignorecache";
    META_DESCRIPTION = "meta.description";
    META_EXPORT_CACHE = "meta.exportcache";
    MERGE_OP = "mergeop";
    DIFF_OP = "diffop";
}
