//! Every fault at every operation, at each of the requests that it makes and at all of them: it ends in success
//! or in one typed error, in time; never in other bytes, in a second item or in a session that stays open.
//!
//! It knows no provider: each gives it a [`Subject`].

mod act;
mod fault;
mod table;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{StorageBackend, StorageErrorKind};
use wharf_sandbox::{FaultRule, LoggedRequest, Sandbox};

use self::act::{Act, State};
use self::fault::{CASES, Case};
use self::table::Table;

/// The longest that an operation may take. Its servers answer within half a second or not at all, it makes ten
/// requests or so, and tries each of them three times.
const LIMIT: Duration = Duration::from_secs(20);

/// The longest that clearing up may take.
const CLEARED: Duration = Duration::from_secs(15);

/// How many cells are looked at at once, each at a sandbox of its own.
const AT_ONCE: usize = 12;

/// A storage that is tried.
pub(crate) struct Subject {
    /// Opens it at a fresh sandbox.
    pub(crate) open: fn() -> BoxFuture<'static, Rig>,
    /// Whether a request opens an upload session: one whose answer is lost cannot be ended by anybody.
    pub(crate) opens_session: fn(&LoggedRequest) -> bool,
    /// Whether its digest is blind to damage that is done twice, in the same place of two parts.
    pub(crate) is_blind_to_pairs: bool,
}

/// A storage and the sandbox behind it.
pub(crate) struct Rig {
    pub(crate) sandbox: Arc<Sandbox>,
    /// Opens what is tried, with little patience for silent servers. Each cell has one of its own, which has
    /// not learnt yet how calls at this sandbox fare.
    pub(crate) hurried: Box<dyn Fn() -> Arc<dyn StorageBackend> + Send + Sync>,
    /// The same with much: what sets the scene and looks at it afterwards.
    pub(crate) patient: Arc<dyn StorageBackend>,
}

/// One thing to try: an operation, what goes wrong, and at which of its requests; `None` is all of them.
#[derive(Clone, Copy)]
struct Cell {
    act: Act,
    case: &'static Case,
    at: Option<u64>,
}

/// Tries all cells and prints what came of them.
#[expect(clippy::print_stdout, reason = "the table is for people")]
pub(crate) fn run(subject: &'static Subject) {
    let runtime = Runtime::new().unwrap();
    let began = Instant::now();
    let table = runtime.block_on(async {
        let cells = Arc::new(Mutex::new(cells(subject).await));
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| tokio::spawn(work(subject, Arc::clone(&cells))))
            .collect();
        let mut table = Table::default();
        for worker in workers {
            table.add(worker.await.unwrap());
        }
        table
    });
    println!("{table}");
    println!("{} cells in {:.0?}", table.len(), began.elapsed());
}

/// All cells: each operation is made once without a fault, to see how many requests it makes.
async fn cells(subject: &Subject) -> VecDeque<Cell> {
    let rig = (subject.open)().await;
    let mut cells = VecDeque::new();
    let acts = Act::ALL.into_iter();
    for act in acts.filter(|act| act.is_had_by(&*rig.patient)) {
        let scene = Scene::set(&rig).await;
        let before = rig.sandbox.requests().len();
        let done = act.perform(&scene).await;
        assert_eq!(done, Ok(()), "{act:?} without a fault");
        let requests = (rig.sandbox.requests().len() - before) as u64;
        for case in &*CASES {
            let is_unseen = subject.is_blind_to_pairs && case.is_damage_in_place();
            let all = (!is_unseen).then_some(None);
            let places = (0..requests).map(Some).chain(all);
            cells.extend(places.map(|at| Cell { act, case, at }));
        }
    }
    cells
}

async fn work(
    subject: &'static Subject,
    cells: Arc<Mutex<VecDeque<Cell>>>,
) -> Vec<(Act, &'static str, Result<(), StorageErrorKind>)> {
    let rig = (subject.open)().await;
    let mut outcomes = Vec::new();
    let mut scene = Scene::set(&rig).await;
    loop {
        let Some(cell) = cells.lock().unwrap().pop_front() else {
            return outcomes;
        };
        scene.hurried = (rig.hurried)();
        let (outcome, state) = cell.judge(subject, &rig, &scene).await;
        // A scene that is as it was will do for the next cell, unless something may still come late: a copy
        // that a server makes in its own time, or what is cleared away behind a call that failed.
        let is_over = outcome.is_ok() && state == State::before();
        outcomes.push((cell.act, cell.case.name, outcome));
        if !is_over {
            scene = Scene::set(&rig).await;
        }
    }
}

/// What an operation finds: a folder that nobody else knows, with a file and a folder in it.
struct Scene {
    hurried: Arc<dyn StorageBackend>,
    patient: Arc<dyn StorageBackend>,
    folder: ItemId,
    file: ItemId,
    sub: ItemId,
}

impl Scene {
    async fn set(rig: &Rig) -> Self {
        let storage = Arc::clone(&rig.patient);
        let name = format!("scene {}", rig.sandbox.requests().len());
        let make = async |parent: &ItemId, name: &str| {
            let made = storage.create_folder(parent, &name.parse().unwrap()).await;
            made.unwrap().id
        };
        let folder = make(&ItemId::root(), &name).await;
        let sub = make(&folder, act::SUB).await;
        let file = act::store(&*storage, &folder, act::FILE, act::OLD, true).await;
        Self {
            file: file.unwrap().item.id,
            hurried: (rig.hurried)(),
            patient: storage,
            folder,
            sub,
        }
    }
}

impl Cell {
    async fn judge(
        self,
        subject: &Subject,
        rig: &Rig,
        scene: &Scene,
    ) -> (Result<(), StorageErrorKind>, State) {
        let first = rig.sandbox.requests().len();
        let rule = FaultRule::on("*", self.case.fault.clone());
        rig.sandbox.inject(match self.at {
            Some(at) => rule.skip(at).times(1),
            None => rule,
        });
        let outcome = tokio::time::timeout(LIMIT, self.act.perform(scene)).await;
        rig.sandbox.behave();
        let outcome = outcome.unwrap_or_else(|_| panic!("{self} did not end"));
        if let Err(kind) = &outcome {
            // On a busy machine every server is a slow one.
            let is_explained = (self.case.explains)(kind) || *kind == StorageErrorKind::TimedOut;
            assert!(is_explained, "{self} came to {kind:?}");
        }
        let state = self.check_state(scene, &outcome).await;
        self.check_sessions(subject, rig, first).await;
        (outcome, state)
    }

    /// What is there: what was there before, or what was to be; after a success only the latter.
    async fn check_state(self, scene: &Scene, outcome: &Result<(), StorageErrorKind>) -> State {
        let until = Instant::now() + CLEARED;
        loop {
            let state = State::of(scene).await;
            let is_after = self.act.is_after(&state);
            let is_before = state == State::before();
            let is_damaged =
                self.act == Act::Replace && *outcome == Err(StorageErrorKind::IntegrityMismatch);
            let is_right = match outcome {
                Ok(()) => is_after,
                Err(_) => is_after || is_before || is_damaged,
            };
            if is_right {
                return state;
            }
            assert!(
                Instant::now() < until,
                "{self} came to {outcome:?} and left {state:?}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn check_sessions(self, subject: &Subject, rig: &Rig, first: usize) {
        let until = Instant::now() + CLEARED;
        loop {
            let requests = rig.sandbox.requests();
            let lost = requests.iter().skip(first).filter(|request| {
                request.took_effect
                    && !request.faults.is_empty()
                    && (subject.opens_session)(request)
            });
            let open = rig.sandbox.open_uploads();
            if open.len() <= lost.count() {
                break;
            }
            assert!(Instant::now() < until, "{self} left {open:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        rig.sandbox.end_uploads();
        assert_eq!(rig.sandbox.contract_warnings(), [], "{self}");
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { act, case, at } = self;
        match at {
            Some(at) => write!(f, "{act:?} with {} at its request {at}", case.name),
            None => write!(f, "{act:?} with {} at all requests", case.name),
        }
    }
}
