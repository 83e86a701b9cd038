// What the environment of a program holds that a test starts, besides what the test says: hundreds of them compile the same source and parse the same
// model, and what one has done the next need not do (run.ts). Empty where a file of tests runs without the runner.

const names = { NODE_COMPILE_CACHE: 'NODE_COMPILE_CACHE', NODE_OPTIONS: 'TEST_PROGRAM_OPTIONS' } as const;

export const doneBefore: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(names).flatMap(([name, from]) => {
    const value = process.env[from];
    return value === undefined ? [] : [[name, value]];
  }),
);
