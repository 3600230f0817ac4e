import { asideContract } from './task-store-aside.contract.js';
import { childrenContract } from './task-store-children.contract.js';
import { lifecycleContract } from './task-store-lifecycle.contract.js';
import { listingContract } from './task-store-listing.contract.js';
import { progressContract } from './task-store-progress.contract.js';
import { questionsContract } from './task-store-questions.contract.js';
import { racesContract } from './task-store-races.contract.js';
import { rescueContract } from './task-store-rescue.contract.js';
import { surveyContract } from './task-store-survey.contract.js';
import { traceContract } from './task-store-trace.contract.js';
import type { OpenStore } from './store-under-test.js';

/** What every implementation of the `TaskStore` port must do. */
export function taskStoreContract(name: string, open: OpenStore): void {
  describe(`${name} as a TaskStore`, () => {
    lifecycleContract(open);
    describe('questions', () => questionsContract(open));
    describe('rescue', () => rescueContract(open));
    describe('listing and hints', () => listingContract(open));
    describe('progress and times', () => progressContract(open));
    describe('large journal entries', () => asideContract(open));
    describe('children', () => childrenContract(open));
    describe('the survey of operators', () => surveyContract(open));
    describe('traces', () => traceContract(open));
    describe('races', () => racesContract(open));
  });
}
