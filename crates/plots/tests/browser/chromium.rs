//! A Chromium without a window, driven over its DevTools pipe.

use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use std::{env, thread};

use harness::trial::Folder;
use serde_json::{Value, json};

/// What the browser may take to answer.
const LIMIT: Duration = Duration::from_secs(60);

/// A running browser with one page.
pub struct Chromium {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    sent: u64,
    session: Option<String>,
    /// What the page complained about: errors, warnings, exceptions.
    pub complaints: Vec<String>,
    // Its profile lives as long as it does.
    _profile: Folder,
}

/// The browser of this machine, if it has one.
pub fn installed() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = env::var_os("PATH")?;
    let all =
        env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    all.into_iter().find(|file| file.is_file())
}

impl Chromium {
    /// Starts `program` with one empty page.
    pub fn start(program: &PathBuf) -> Self {
        let profile = Folder::new();
        // It reads commands from descriptor 3 and writes to 4, which the shell
        // makes of the ends of two pipes.
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2"]).arg(program);
        shell.args(["--headless", "--remote-debugging-pipe", "--no-sandbox"]);
        shell.args(["--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        shell.arg(format!("--user-data-dir={}", profile.path("profile").display()));
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = shell.spawn().expect("there is a shell");
        let commands = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            for message in answers.split(0).map_while(io::Result::ok) {
                let message = serde_json::from_slice(&message).expect("JSON");
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let (sent, session, complaints) = (0, None, Vec::new());
        let mut browser = Self {
            child,
            commands,
            messages,
            sent,
            session,
            complaints,
            _profile: profile,
        };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", target);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Runtime.enable", "Log.enable", "Page.enable"] {
            self.call(domain, json!({}));
        }
    }

    /// Opens `address` in a page that is `width` pixels wide.
    pub fn open(&mut self, address: &str, width: u32) {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false
        });
        self.call("Emulation.setDeviceMetricsOverride", size);
        // Another address with the same page and another fragment loads nothing.
        self.call("Page.navigate", json!({ "url": "about:blank" }));
        self.call("Page.navigate", json!({ "url": address }));
        let start = Instant::now();
        while self.evaluate("location.href + document.readyState")
            != json!(format!("{address}complete"))
        {
            assert!(start.elapsed() < LIMIT, "{address} is not loaded");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The value of a JavaScript expression in the page.
    ///
    /// # Panics
    ///
    /// If it throws.
    #[track_caller]
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert_eq!(answer["exceptionDetails"], Value::Null, "{expression}");
        answer["result"]["value"].clone()
    }

    /// Presses a key that stands for no character, such as `ArrowRight`.
    pub fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code
            });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// The result of a DevTools command.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut command = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        write!(self.commands, "{command}\0").expect("the browser is there");
        loop {
            let message = self.messages.recv_timeout(LIMIT);
            let message = message.unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == json!(self.sent) {
                assert_eq!(message["error"], Value::Null, "{method}");
                return message["result"].clone();
            }
            self.hear(&message);
        }
    }

    fn hear(&mut self, message: &Value) {
        let params = &message["params"];
        let is_bad = match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => params["type"] != "log",
            Some("Log.entryAdded") => params["entry"]["level"] != "verbose",
            _ => false,
        };
        if is_bad {
            self.complaints.push(params.to_string());
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
