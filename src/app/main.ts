// The process: runs the command line and ends with its exit code. Started by bin/bindeledd.mjs.
import { runProgram } from './cli/program.ts';

process.exitCode = await runProgram(process.argv.slice(2));
// Nothing that is still open may keep a finished command alive.
process.exit();
