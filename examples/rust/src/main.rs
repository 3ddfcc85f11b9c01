//! The agent says where it runs.

fn main() {
    println!("agent on {}/{}", std::env::consts::OS, std::env::consts::ARCH);
}
