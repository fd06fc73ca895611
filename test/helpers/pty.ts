// Runs the built command on a terminal of its own, as a person has it in front of him.
import { join } from "node:path";
import { BASE_ENV, type Ended, runProgram } from "./runner.ts";

/** The terminal's side: its size, and all that is written to it. https://docs.python.org/3/library/pty.html */
const DRIVER = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** What it gives on a terminal that is so wide. Stdout has all that was written, with LF at the ends of lines. */
export async function runOnTerminal(args: readonly string[], folder: string, columns = 80): Promise<Ended> {
	const cli = join(import.meta.dirname, "../../dist/cli/index.js");
	const command = ["-c", DRIVER, String(columns), process.execPath, cli, ...args];
	const ended = await runProgram("python3", command, { cwd: folder, env: { ...BASE_ENV, TERM: "xterm" } });
	return { ...ended, stdout: ended.stdout.replaceAll("\r\n", "\n") };
}
