//! How full a drive is.

use super::kind::Kind;
use super::refusal::Refusal;
use super::tree::Drive;
use crate::identity::Provider;
use crate::simulation::Simulation;

impl Drive {
    /// How many bytes count. In a work account's drive the recycle bin takes room too.
    pub(super) fn used(&self) -> u64 {
        match self.kind {
            Kind::Personal => self.size(),
            Kind::Business => self.size().saturating_add(self.bin.size()),
        }
    }

    /// How many bytes there may be.
    pub(super) fn limit(&self, simulation: &Simulation) -> u64 {
        simulation.quotas.limit(Provider::Microsoft, self.owner)
    }

    /// Refuses what there is no room for.
    pub(super) fn check_room(&self, simulation: &Simulation, more: u64) -> Result<(), Refusal> {
        let is_room = self.used().saturating_add(more) <= self.limit(simulation);
        is_room.then_some(()).ok_or_else(Refusal::quota_reached)
    }
}
