//! Compares options with the results of upstream's `dockerui.NewClient`.

use std::fs;

use serde_json::{Map, Value, json};

use super::{Environment, NoCache, Options, Worker};
use crate::gateway::capabilities::Capabilities;
use crate::image::Platform;
use crate::llb::NetworkMode;
use crate::proto::{caps, frontend};

fn capabilities(llb: &[&str]) -> Capabilities {
    let cap = |id: &&str| caps::ApiCap { id: (*id).to_owned(), enabled: true, ..Default::default() };
    let pong = frontend::PongResponse { llb_caps: llb.iter().map(cap).collect(), ..Default::default() };
    Capabilities::new(pong, "buildkit")
}

fn environment(options: &Value) -> Environment {
    let options = options.as_object().unwrap().iter();
    let platform = Platform { variant: "v9".into(), ..Platform::new("linux", "arm64") };
    Environment {
        options: options.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect(),
        session_id: "session".into(),
        workers: vec![Worker { platforms: vec![platform] }],
        product: String::new(),
    }
}

/// Returns a message in the form of Go's JSON, with zero values omitted.
fn message(fields: Value) -> Value {
    let Value::Object(fields) = fields else { panic!("not an object") };
    fields.into_iter().filter(|(_, value)| *value != json!(0) && *value != json!("")).collect()
}

fn as_fixture(options: &Options) -> Map<String, Value> {
    let platforms = |list: &[Platform]| list.iter().map(Platform::format_all).collect::<Value>();
    let ulimit =
        |u: &crate::proto::pb::Ulimit| message(json!({"Name": u.name, "Soft": u.soft, "Hard": u.hard}));
    let resources = options.linux_resources.as_ref().map_or(json!(""), |r| {
        message(json!({
            "memory": r.memory, "memorySwap": r.memory_swap, "cpuShares": r.cpu_shares,
            "cpuPeriod": r.cpu_period, "cpuQuota": r.cpu_quota,
            "cpusetCpus": r.cpuset_cpus, "cpusetMems": r.cpuset_mems,
        }))
    });
    let import = |entry: &frontend::CacheOptionsEntry| json!({"type": entry.r#type, "attrs": entry.attrs});
    let mut no_cache = vec!["", "a", "B", "stage"];
    no_cache.retain(|stage| options.is_no_cache(stage));
    let value = json!({
        "build": platforms(std::slice::from_ref(&options.build_platform)),
        "buildArgs": options.build_args,
        "cacheImports": options.cache_imports.iter().map(import).collect::<Value>(),
        "cacheNamespace": options.cache_namespace,
        "cgroupParent": options.cgroup_parent,
        "gitAdvice": options.git_advice,
        "hostname": options.hostname,
        "hosts": options.extra_hosts.iter().map(|h| format!("{}={}", h.host, h.ip)).collect::<Value>(),
        "labels": options.labels,
        "multi": options.multi_platform,
        "network": match options.network {
            NetworkMode::Sandbox => "sandbox",
            NetworkMode::Host => "host",
            NetworkMode::None => "none",
        },
        "noCache": no_cache,
        "resolveMode": options.resolve_mode.as_str(),
        "resources": resources,
        "sbom": options.sbom.as_ref().map(|s| json!({"Generator": s.generator, "Parameters": s.parameters})),
        "shmSize": options.shm_size,
        "target": options.target,
        "targets": platforms(&options.target_platforms),
        "ulimits": options.ulimits.iter().map(ulimit).collect::<Value>(),
    });
    let Value::Object(map) = value else { unreachable!() };
    map
}

/// Converts values of the fixture, where messages are text and Go writes a missing map as null.
fn unify(key: &str, value: &Value) -> Value {
    let parse = |text: &Value| serde_json::from_str(text.as_str().unwrap()).unwrap_or_else(|_| text.clone());
    match key {
        "resources" => parse(value),
        "ulimits" => value.as_array().unwrap().iter().map(parse).collect(),
        "cacheImports" => {
            serde_json::from_str(&value.to_string().replace("\"attrs\":null", "\"attrs\":{}")).unwrap()
        }
        _ => value.clone(),
    }
}

#[test]
fn every_option_as_docker_dockerfile_reads_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/options/dockerui.jsonl");
    let text = fs::read_to_string(path).unwrap();
    let capabilities = capabilities(&["file.base"]);
    let mut defaults = Map::new();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let result = Options::new(environment(&case["options"]), &capabilities);
        let Some(config) = case["config"].as_object() else {
            assert_eq!(
                result.unwrap_err().to_string(),
                case["error"].as_str().unwrap(),
                "{}",
                case["options"]
            );
            continue;
        };
        if defaults.is_empty() {
            defaults = config.clone();
        }
        let mut expected = defaults.clone();
        expected.extend(config.clone());
        let options = result.unwrap_or_else(|error| panic!("{}: {error}", case["options"]));
        for (key, actual) in as_fixture(&options) {
            assert_eq!(actual, unify(&key, &expected[&key]), "{key} of {}", case["options"]);
        }
    }
}

#[test]
fn a_list_of_caches_that_is_no_list() {
    let environment = environment(&json!({"cache-imports": "{"}));
    let error = Options::new(environment, &capabilities(&["file.base"])).unwrap_err();
    assert!(error.to_string().starts_with("failed to unmarshal cache-imports (\"{\"): "), "{error}");
}

#[test]
fn a_buildkit_of_2018() {
    let error = Options::new(environment(&json!({})), &capabilities(&["source.image"])).unwrap_err();
    assert!(error.to_string().starts_with("needs BuildKit 0.5 or later: requested "), "{error}");
}

#[test]
fn what_is_not_in_the_config() {
    let options = json!({
        "local-sessionid:lib": "other", "requestid": "frontend.outline", "no-cache": "",
        "hostname": "a", "build-arg:BUILDKIT_SANDBOX_HOSTNAME": "b",
    });
    let options = Options::new(environment(&options), &capabilities(&["file.base"])).unwrap();
    assert_eq!((options.session_of("lib"), options.session_of("context")), ("other", "session"));
    assert_eq!(options.request_id.as_deref(), Some("frontend.outline"));
    assert_eq!(options.no_cache, NoCache::All);
    assert_eq!((options.text("hostname"), options.text("none")), ("b", ""));
}
