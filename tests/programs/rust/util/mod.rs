pub mod sha256;
pub mod text;

use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::cmp::Reverse;
use std::hash::Hash;

/// A cache that forgets what was used longest ago.
pub struct Lru<K, V> {
    capacity: usize,
    items: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K: Hash + Eq + Clone, V> Lru<K, V> {
    pub fn new(capacity: usize) -> Self {
        Lru { capacity, items: HashMap::new(), order: VecDeque::new() }
    }

    pub fn get(&mut self, key: &K) -> Option<&V> {
        self.touch(key);
        self.items.get(key)
    }

    pub fn put(&mut self, key: K, value: V) -> Option<(K, V)> {
        if self.items.insert(key.clone(), value).is_some() {
            self.touch(&key);
            return None;
        }
        self.order.push_back(key);
        if self.order.len() <= self.capacity {
            return None;
        }
        let oldest = self.order.pop_front()?;
        self.items.remove_entry(&oldest)
    }

    fn touch(&mut self, key: &K) {
        if let Some(at) = self.order.iter().position(|other| other == key) {
            let key = self.order.remove(at).expect("found above");
            self.order.push_back(key);
        }
    }
}

#[derive(Default)]
pub struct Graph<'a> {
    roads: BTreeMap<&'a str, Vec<(&'a str, u32)>>,
}

impl<'a> Graph<'a> {
    pub fn add(&mut self, a: &'a str, b: &'a str, length: u32) {
        self.roads.entry(a).or_default().push((b, length));
        self.roads.entry(b).or_default().push((a, length));
    }

    pub fn shortest(&self, start: &'a str) -> BTreeMap<&'a str, u32> {
        let mut known = BTreeMap::new();
        let mut open = BinaryHeap::from([Reverse((0, start))]);
        while let Some(Reverse((length, here))) = open.pop() {
            if known.contains_key(here) {
                continue;
            }
            known.insert(here, length);
            open.extend(self.roads[here].iter().map(|&(there, road)| Reverse((length + road, there))));
        }
        known
    }
}
