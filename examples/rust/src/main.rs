//! Prints the platform that the agent runs on.

fn main() {
    println!("agent on {}/{}", std::env::consts::OS, std::env::consts::ARCH);
}
