// Loaded before every test file that `npm test` runs. The test runner follows every promise of a process, from its making to its collection, only to
// name the test whose forgotten promise fails later; for a hub that answers thousands of requests that is a third of all the work. It follows
// timers, sockets and whatever else is no promise as before, and what nobody catches fails the file as before (run.test.ts).
const hooks = process.getBuiltinModule('node:async_hooks');
const createHook = hooks.createHook;
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
