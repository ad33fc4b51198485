//! The record as an object: what programs write is what studies read.

use kernels::instructions::Instructions;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::setting::Setting;
use crate::measure::Measured;
use crate::options::cores;

/// Figures by name, in the order in which they are written.
pub type Figures = Map<String, Value>;

/// What a run leaves: one JSON object, one line of CSV.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The program's name.
    pub program: String,
    /// Its version; of a program that is not ours, also its libraries'.
    pub version: String,
    /// The MPI library and its version, of an MPI program.
    pub mpi: Option<String>,
    /// Threads, processes or ranks.
    pub workers: usize,
    /// The number of machines.
    pub hosts: usize,
    /// The cores that the program may use.
    pub cores: usize,
    /// The median of the samples.
    pub median_s: f64,
    /// The least of the samples.
    pub min_s: f64,
    /// The seconds of each timed run.
    pub samples_s: Vec<f64>,
    /// The topic's share.
    #[serde(flatten)]
    pub figures: Figures,
    /// The instruction set that the kernels used; what is not ours does not say.
    pub instructions: Option<String>,
}

impl Record {
    /// The names of all that a record has whose topic's share is `figures`, in the
    /// order in which they are written.
    pub fn columns(figures: &[&str]) -> Vec<String> {
        let figures =
            figures.iter().map(|name| (name.to_string(), Value::Null)).collect();
        let measured = Measured::new(vec![(0.0, vec![])]);
        let record = Self::new(&Setting::here("", 0), &measured, figures);
        fields(&record).into_iter().map(|(name, _)| name).collect()
    }

    /// The record of a run in `setting`, with the topic's `figures`.
    pub fn new(setting: &Setting, measured: &Measured, figures: Figures) -> Self {
        Self {
            program: setting.program.to_owned(),
            version: setting.version.to_owned(),
            mpi: setting.mpi.clone(),
            workers: setting.workers,
            hosts: setting.hosts,
            cores: cores(),
            median_s: measured.median_s(),
            min_s: measured.min_s(),
            samples_s: measured.samples_s.clone(),
            figures,
            instructions: Some(Instructions::chosen().name().to_owned()),
        }
    }
}

/// The fields of `record`, whose names are its columns.
///
/// # Panics
///
/// If it is not an object.
pub fn fields(record: &impl Serialize) -> Figures {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        other => panic!("not an object: {other:?}"),
    }
}

/// A value as a field of a CSV line: arrays with spaces between the items.
pub fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.iter().any(Value::is_object) => {
            items.iter().map(Value::to_string).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_a_text_or_items_with_spaces_between_them() {
        for (value, expected) in [
            (json!("plain"), "plain"),
            (json!("a, b"), "a, b"),
            (json!([1.5, 2]), "1.5 2"),
            (json!(null), ""),
            (json!({"host": 4}), "{\"host\":4}"),
        ] {
            assert_eq!(field(&value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_written_holds_the_common_keys_and_the_topics_and_is_read_again() {
        let measured = Measured::new(vec![(2.0, vec![]), (1.0, vec![])]);
        let setting =
            Setting { mpi: Some("Open MPI, 4.1".into()), ..Setting::here("p", 3) };
        let figures = fields(&json!({"gflops": 7, "busy_s": [0.5, null]}));
        let record = Record::new(&setting, &measured, figures);
        let written = serde_json::to_string(&record).unwrap();
        let cores = cores();
        let expected = format!(
            "{{\"program\":\"p\",\"version\":\"{}\",\"mpi\":\"Open MPI, 4.1\",\
             \"workers\":3,\"hosts\":1,\"cores\":{cores},\"median_s\":1.5,\"min_s\":1.0,\
             \"samples_s\":[2.0,1.0],\"gflops\":7,\"busy_s\":[0.5,null],\
             \"instructions\":\"{}\"}}",
            setting.version,
            Instructions::chosen().name()
        );
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_str::<Record>(&written).unwrap(), record);
        assert!(fields(&record).keys().eq(&Record::columns(&["gflops", "busy_s"])));
    }
}
