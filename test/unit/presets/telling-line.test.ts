// The telling line: what each kind of trace or log says went wrong. Most traces are what the programs themselves have printed.
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tellingLine } from "../../../src/presets/telling-line.ts";
import { plain } from "../../../src/presets/text.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { oddPiece } from "../../helpers/odd-text.ts";

/** Files of `traces`, and the line that tells what went wrong. */
const TRACES: Readonly<Record<string, string>> = {
	"airflow-dbt": 'Database Error in model dim_orders: column "customer_tier" does not exist',
	bigquery:
		"BigQuery error in query operation: Error processing job 'acme:bqjob_r4b2_1': Unrecognized name: customer_tier at [1:8]",
	dbt: 'Database Error in model dim_orders: column "customer_tier" does not exist',
	"dbt-compilation":
		"Compilation Error in model dim_orders: Model 'model.warehouse.dim_orders' (models/marts/dim_orders.sql) depends on a node named 'stg_orders' which was not found",
	"dbt-snowflake":
		"Database Error in model daily_spend: 000904 (42000): SQL compilation error: error line 210 at position 45 invalid identifier 'STG_METERING_HISTORY.START_TIME'",
	"dbt-test": "Failure in test not_null_dim_orders_id: Got 3 results, configured to fail if != 0",
	dotnet: "System.IO.FileNotFoundException: Could not find file '/data/orders.csv'.",
	"github-exit": "Process completed with exit code 1.",
	"github-log": "orders.csv has no column customer_tier",
	"go-panic": "panic: runtime error: invalid memory address or nil pointer dereference",
	java: 'java.lang.IllegalStateException: column "customer_tier" does not exist',
	make: "make: *** [Makefile:2: all] Error 3",
	"node-cause": "TypeError: inner cause",
	"node-event": "Error: connect ECONNREFUSED 127.0.0.1:1",
	"node-several-lines": "Error: Cannot find module './nope'",
	"node-syntax": "SyntaxError: Unexpected token ';'",
	notebook: "AnalysisException: Table or view not found: orders;",
	oracle: 'ERROR at line 1: ORA-00904: "CUSTOMER_TIER": invalid identifier',
	"plain-words": "The orders feed of 2 April is not complete.",
	psql: 'psql:/home/runner/work/warehouse/load.sql:4: ERROR: column "customer_tier" does not exist',
	"python-chained": 'DatabaseError: column "customer_tier" does not exist',
	"python-exit": "subprocess.CalledProcessError: Command '['false']' returned non-zero exit status 1.",
	"python-group": "KeyError: 'k'",
	"python-several-lines": "RuntimeError: second: multi",
	"python-syntax": "SyntaxError: '(' was never closed",
	"python-task-group": "ValueError: inner one",
	"rust-anyhow": "No such file or directory (os error 2)",
	"rust-compiler": "error[E0308]: mismatched types",
	"rust-panic": 'called `Result::unwrap()` on an `Err` value: "no such table"',
	"rust-panic-old":
		"thread 'main' panicked at 'called `Result::unwrap()` on an `Err` value: \"no such table\"', src/main.rs:4:37",
	shell: "ls: cannot access '/nope': No such file or directory",
	snowflake:
		"002003 (42S02): SQL compilation error: Object 'ANALYTICS.PUBLIC.ORDERS' does not exist or not authorized.",
	spark: "java.io.FileNotFoundException: No such file or directory: s3a://lake/raw/orders.parquet",
	"spark-no-cause":
		"org.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3://lake/raw/orders.",
	"spark-python-worker": "ValueError: invalid literal for int() with base 10: 'n/a'",
	sqlalchemy:
		'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedColumn) column "customer_tier" does not exist',
	terraform: "Error: Invalid reference",
};
const FOLDER = `${import.meta.dirname}/traces`;
const traceOf = (name: string) => readFileSync(`${FOLDER}/${name}.txt`, "utf8");

it("is known of every trace", () => {
	const kept = readdirSync(FOLDER).map((file) => file.replace(".txt", ""));
	expect(Object.keys(TRACES)).toEqual(kept.toSorted((one, other) => one.localeCompare(other, "en")));
});

describe("of a trace", () => {
	it.each(Object.entries(TRACES))("of %s is what went wrong", (name, line) => {
		expect(tellingLine(traceOf(name))).toBe(line);
	});

	it.each(Object.entries(TRACES))("of %s is the same in colour, on Windows and behind GitHub's times", (name, line) => {
		const red = (text: string) => text.replaceAll(/[^\n]+/g, "\u001b[31m$&\u001b[0m").replaceAll("\n", "\r\n");
		expect(tellingLine(red(traceOf(name)))).toBe(line);
		expect(tellingLine(traceOf(name).replaceAll(/^(?!2026)/gm, "2026-04-02T14:30:00.1234567Z "))).toBe(line);
	});
});

describe("of words is", () => {
	it.each([
		["", ""],
		[" \n\t\n", ""],
		["Table not found: dim_orders", "Table not found: dim_orders"],
		["the first line\nthe second", "the first line"],
		["loading\nit ended with an error in orders", "it ended with an error in orders"],
		["loading\n0 errors\nerror_log.txt written\n--on-error=stop\nload.error.sh ran\nerrors: 0", "loading"],
		["WARN error ignored\nloading\nfatal: not a git repository", "fatal: not a git repository"],
		["+ dbt run\nsh: 1: dbt: not found\n##[error]Process completed with exit code 127.", "sh: 1: dbt: not found"],
		["::error file=load.py,line=3::no such table", "no such table"],
		["Error:\n  disk full", "Error: disk full"],
		["##[error]\n", "##[error]"],
		["\u202etxt.exe\u0007 \u001b[1mfailed", "txt.exe failed"],
		["Traceback (most recent call last):", "Traceback (most recent call last):"],
		["---\n+ ls\n", "---"],
		["java.lang.IllegalStateException\n\tat A.main(A.java:3)", "java.lang.IllegalStateException"],
		[
			"java.io.IOException: no disk\n\tat A.b(A.java:1)\n\tSuppressed: java.lang.Exception: closing\n\t\tat A.c(A.java:2)",
			"java.io.IOException: no disk",
		],
		[
			'load.sql: error: no column tier\nTraceback (most recent call last):\n  File "x.py", line 1\nCalledProcessError: dbt returned non-zero exit status 1.',
			"load.sql: error: no column tier",
		],
		['error: trying again\nTraceback (most recent call last):\n  File "x.py", line 1\nKeyError: 7', "KeyError: 7"],
		["x".repeat(2000), `${"x".repeat(999)}…`],
	])("%j → %j", (text, line) => {
		expect(tellingLine(text)).toBe(line);
	});
});

/** What the rules look for. */
const MARKS = [
	...["Traceback (most recent call last):", '  File "x.py", line 1', "  + Exception Group Traceback", "KeyError: x"],
	...["Caused by: x", "Caused by:", "  0: x", "[cause]: Error: y", "\tat A.b(C.java:1)", "Exception: z", "panic: x"],
	...["thread 'main' panicked at x:", "Database Error in model x (y)", "12:00:00 ", "##[error]", "::error ::", "| "],
	...["exit code ", "error ", "x: ", "make: *** Error 1", "INFO ", "+ ", "\n", "\n", "\n  ", "\u001b[1m"],
];
const marked = fc.oneof(fc.constantFrom(...MARKS), oddPiece);

it("of any text is one plain line, and empty only where there is nothing to see", () => {
	fc.assert(
		fc.property(fc.array(marked, { maxLength: 30 }), (pieces) => {
			const text = pieces.join("");
			const line = tellingLine(text);
			expect(line).toBe(plain(line));
			expect(line).not.toMatch(/[\n\t]/);
			expect(line.length).toBeLessThanOrEqual(2000);
			if (/[a-z]/.test(plain(text))) expect(line).not.toBe("");
		}),
	);
});

it("of a megabyte takes no longer than of many small texts", () => {
	fc.assert(
		fc.property(fc.array(marked, { minLength: 1, maxLength: 4 }), (pieces) => {
			const piece = `${pieces.join("")} `;
			withinCpuTime(3000, () => {
				tellingLine(piece.repeat(Math.ceil(1e6 / piece.length)));
			});
		}),
		{ numRuns: 10 },
	);
});

it("of a megabyte of any kind is what it is of the trace alone", () => {
	for (const name of ["python-chained", "java", "go-panic", "dbt", "node-event", "spark"]) {
		const text = `${"INFO loading orders\n".repeat(50_000)}${traceOf(name)}`;
		expect(tellingLine(text)).toBe(TRACES[name]);
	}
});
