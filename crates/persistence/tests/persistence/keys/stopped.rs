//! A rotation that is stopped anywhere goes on from there: it is cut off at each of its steps in turn.

use std::pin::pin;
use std::sync::Mutex;

use tokio::sync::Notify;
use wharf_crypto::KeyState;
use wharf_services::operator_keys::{OperatorKeys, Progress};

use super::{PATIENCE, Scratch, World, context, rotate};
use crate::on_both;

/// Rotates until the step of this number, and then is no more; `false` if there is no such step.
async fn cut_off(keys: &OperatorKeys, step: usize) -> bool {
    let (steps, reached) = (Mutex::new(0), Notify::new());
    let mut count = |_: Progress| {
        let mut steps = steps.lock().unwrap();
        *steps += 1;
        if *steps == step {
            reached.notify_one();
        }
    };
    let context = context();
    let rotating = pin!(keys.rotate(&context, PATIENCE, &mut count));
    tokio::select! {
        biased;
        () = reached.notified() => true,
        rotated = rotating => {
            rotated.unwrap();
            false
        }
    }
}

// K-06: as after kill -9, all that is left is the file and the rows.
async fn a_rotation_goes_on_from_each_of_its_steps(scratch: Scratch) {
    let world = World::of(scratch);
    world.with_users(0..700).await;
    let sealed = world.sealed(7).await;
    for step in 1.. {
        let before = world.primary();
        let was_cut_off = cut_off(&world.keys(), step).await;
        // Whoever died over it has the turn for a while.
        world.advance(16);
        let is_over = world.primary() != before && world.count(world.primary()).await == 700;
        if was_cut_off && !is_over {
            let finished = rotate(&world.keys()).await.unwrap();
            assert!(finished.resumed, "step {step}");
        }
        let after = world.primary();
        assert_ne!(after, before, "step {step}");
        assert_eq!(world.count(after).await, 700, "step {step}");
        let added = world.states();
        let added = added.iter().filter(|(_, state)| *state == KeyState::Added);
        assert_eq!(added.count(), 0, "step {step}");
        assert_eq!(world.trail().await.len(), step, "each is told once");
        assert!(world.opens(7, &sealed).await, "step {step}");
        assert_eq!(world.states().len(), step + 1, "each added one key");
        if !was_cut_off {
            assert!(step > 4, "it has steps");
            return;
        }
    }
}

on_both!(a_rotation_goes_on_from_each_of_its_steps);
