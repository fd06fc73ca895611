// The line of an error text that says what went wrong, for where there is room for no more: a lock screen, a list, a summary.
import { clip } from "../lib/text.ts";
import { oneLine, plain } from "./text.ts";

/** Ours: code units of a line that are read, so that the time is linear, and code points that are given. */
const READ_LIMIT = 4000;
const LINE_LIMIT = 1000;

/** What logs put before each line: times, as GitHub, log4j and dbt write them, and Airflow's place and level. */
const PREFIX =
	/^(?:\[?(?:\d{2,4}[-/]\d\d[-/]\d\d[T ,]{1,2})?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d| UTC)?\]? |\{[\w.]+:\d+\} [A-Z]+ - )+/;
/** The edge of Python's exception groups and of Terraform's boxes. */
const MARGIN = /^\s*[|│] ?/;

/** Python's traces: a header, a frame, or the number of an exception in a group. The exception follows, not indented. */
const PYTHON = /Traceback \(most recent call last\)|^\s*File ".*", line \d+|^\s*\+[-+]*- (?:\d+|\.\.\.) -+$/;
const PYTHON_EXCEPTION = /^[\p{L}_<][^\s:]*(?::|$)/u;
/** A frame of Java, JavaScript, Spark or .NET. The exception is above the first of them, and what it closed says less. */
const FRAME = /^\s+at \S/;
const EXCEPTION = /(?<![^\s:])[\w$.]*(?:Error|Exception)(?: \[\w+\])?(?::\s.*|:?$)/;
const SUPPRESSED = /^\s*Suppressed:/;
/** Java, Node and .NET; what Rust's errors list under it is the rest of {@link CAUSES}. */
const CAUSE = /^\s*(?:Caused by:|\[cause\]:|--->)\s+(\S.*)/;
const CAUSES = /^\s*Caused by:$/;
const LISTED_CAUSE = /^\s+(?:\d+: )?(\S.*)/;
/** Go says it on the line, Rust on the next one. */
const PANIC = /^\s*(?:panic|fatal error): \S|^thread '.{0,200} panicked at /;
const PANICKED = /^thread '.{0,200} panicked at .*:$/;
/** What every line has that any of those is looked for in: of a megabyte most have not. */
const TRACE = /Traceback|File|- |Caused by|\[cause\]|--->|panic|fatal error|^\s+at |Error|Exception/;
/** dbt: the kind of error and what it is in; the reason follows. */
const DBT =
	/^(?:.*: )?\s*((?:(?:Database|Compilation|Runtime|Parsing|Dependency|Validation) Error|Failure)(?: in [\w ]+ [^\s(]+)?)(?: \(\S*\))?$/;

/** A line that says error, not the name of a file, an option or a counter. */
const ERROR = /(?<![\w./=-])(?:errors?|fatal|panic|err!)(?![\w/=-]|\.\w)|(?:Error|Exception)(?: \[\w+\])?: /i;
/** What a program says of itself: `ls: cannot access`, `sh: 1: dbt: not found`. */
const PROGRAM =
	/^[\w.+/-]+: .*(?:\bcannot\b|\bcould not\b|\bnot found\b|\bno such\b|\bdenied\b|\bfailed\b|\binvalid\b)/i;
/** A lower level than an error, or that there was none. */
const QUIET =
	/^\W*(?:trace|debug|info|notice|warn(?:ing)?)\b|\b(?:no|0|zero|without) errors?\b|\berrors?: ?0\b|^.{0,60} (?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING)\b/i;
/** What a shell or a runner echoes, rules and carets. */
const NOISE = /^\s*\++ |^\s*##\[(?!error\])|^[^\p{L}\p{N}]*$/u;
/** That something ended, which everybody knows, and not why. */
const EXIT =
	/\bexit(?:ed)?\b.{0,20}\b(?:code|status|with)\b|\bexit(?:ed)? \d|\bELIFECYCLE\b|^\S+: \*\*\* .*\bError \d+$/i;
/** GitHub's mark of an error. */
const LABEL = /^\s*(?:##\[error\]|::error[^:]*::)/;
/** A line after which the reason comes, as Snowflake's do. */
const ANNOUNCES = /:$|\bline \d+ at position \d+$/;

/**
 * The line of a text that says what went wrong, plain, at most 1000 code points; empty for a text without one. Of a trace
 * it is the last exception or what caused it, of dbt's output its first error with the reason, of another log the first
 * line that says error, of plain words the first line. Where a line only announces the reason, the next one follows it.
 */
export function tellingLine(error: string): string {
	const lines = plain(error)
		.split("\n")
		.map((line) => line.slice(0, READ_LIMIT).replace(PREFIX, "").replace(MARGIN, "").trimEnd())
		.filter((line) => line.trim() !== "");
	const trace = ofTraces(lines);
	const isBetter = trace !== undefined && !EXIT.test(trace);
	const found = ofDbt(lines) ?? (isBetter ? trace : (ofLog(lines) ?? trace ?? ofPlainWords(lines)));
	return clip(oneLine(found.replace(LABEL, "")) || oneLine(found), LINE_LIMIT);
}

/** What the last trace says. */
function ofTraces(lines: readonly string[]): string | undefined {
	let found: string | undefined;
	/** That a frame makes the exception. */
	let above: string | undefined;
	let within: "python" | "causes" | "panic" | undefined;
	for (const [index, line] of lines.entries()) {
		if (within === undefined && !TRACE.test(line)) continue;
		if (within === "causes" && !LISTED_CAUSE.test(line)) within = undefined;
		const cause = CAUSE.exec(line)?.[1];
		const listed = within === "causes" ? LISTED_CAUSE.exec(line)?.[1] : undefined;
		if (PYTHON.test(line)) within = "python";
		else if (CAUSES.test(line)) within = "causes";
		else if (cause !== undefined) [found, above] = [announced(cause, lines[index + 1]), undefined];
		else if (listed !== undefined) found = listed;
		else if (PANICKED.test(line)) within = "panic";
		else if (within === "panic" || PANIC.test(line)) [found, within] = [line, undefined];
		else if (within === "python" && PYTHON_EXCEPTION.test(line)) {
			[found, within] = [announced(line, lines[index + 1]), undefined];
		} else if (FRAME.test(line)) [found, above] = [above ?? found, undefined];
		else if (!SUPPRESSED.test(line)) {
			const exception = EXCEPTION.exec(line)?.[0];
			if (exception !== undefined) above = announced(exception, lines[index + 1]);
		}
	}
	return found;
}

/** `Database Error in model dim_orders: column "tier" does not exist`. */
function ofDbt(lines: readonly string[]): string | undefined {
	for (const [index, line] of lines.entries()) {
		const what = DBT.exec(line)?.[1];
		const reason = lines[index + 1];
		// One error may be in another: the inner one says more.
		if (what === undefined || reason === undefined || DBT.test(reason)) continue;
		return `${what}: ${announced(reason, lines[index + 2])}`;
	}
	return undefined;
}

function ofLog(lines: readonly string[]): string | undefined {
	const isSaid = (line: string) => !NOISE.test(line) && !QUIET.test(line) && !EXIT.test(line);
	for (const says of [ERROR, PROGRAM]) {
		const index = lines.findIndex((line) => says.test(line) && isSaid(line));
		const line = lines[index];
		if (line !== undefined) return announced(line, lines[index + 1]);
	}
	return undefined;
}

function ofPlainWords(lines: readonly string[]): string {
	const last = lines.find((line) => EXIT.test(line) && !NOISE.test(line));
	return last ?? lines.find((line) => !NOISE.test(line)) ?? lines[0] ?? "";
}

function announced(line: string, next: string | undefined): string {
	const isReason = next !== undefined && !FRAME.test(next) && !NOISE.test(next);
	return isReason && ANNOUNCES.test(line) ? `${line} ${next}` : line;
}
