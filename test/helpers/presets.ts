// Events that try a preset: monstrous and hostile ones.

import type { JsonObject } from "../../src/lib/json.ts";
import type { Events, PipelineEvent } from "../../src/model/event.ts";
import { event, type Told } from "./make.ts";

export const RUN_URL = "https://github.com/acme/shop/actions/runs/1234567890/attempts/1";

/** Texts that break careless messages. */
export const HOSTILE: readonly string[] = [
	"<!channel> <@U012AB3CD> <!subteam^S012AB3CD> @channel @here",
	"<https://evil.example|Click> [Click](https://evil.example) https://evil.example",
	"``` ```` `x` *bold* _it_ ~no~ # - > 1. | --- | ***",
	"%%% \n %%% @all",
	'{{event}} {{{error}}} "quotes" \\backslash\\ </script>',
	"lone \ud800 surrogate \udfff",
	"\u2028line\u2029paragraph\u0000nul\u0007bell\r\ncrlf",
	"\u001b[31mred\u001b[0m \u001b]0;title\u0007",
	"👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 日本語 \u202eright to left",
	"__proto__",
	" \t\n ",
];

/** The failed pipeline whose whole body is written out in the test of each preset. */
export function failedPipeline(): PipelineEvent {
	return event("pipeline_error", {
		run_id: "1234567890-1",
		error: "Table `dim_orders` not found\n  at load <orders> & more",
		duration_ms: 45200,
		metadata: { tables_copied: "20", shards: [1, 2] },
		ci: {
			provider: "github",
			repository: "acme/shop",
			branch: "main",
			commit: "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b",
			actor: "octocat",
			run_url: RUN_URL,
		},
	});
}

/** A scheduled run that failed at night in a Python job, as people really see one; or another event of that run. */
export function nightlyFailed(name = "pipeline_error", given: Told = {}): PipelineEvent {
	const run = "https://github.com/acme/warehouse/actions/runs/7";
	return event(name, {
		pipeline: "nightly",
		duration_ms: 754_000,
		error: [
			"Traceback (most recent call last):",
			'  File "/home/runner/work/warehouse/warehouse/etl/load.py", line 88, in <module>',
			"    main()",
			'  File "/home/runner/work/warehouse/warehouse/etl/load.py", line 41, in load_customers',
			"    cursor.execute(SQL)",
			'psycopg2.errors.UndefinedColumn: column "customer_tier" does not exist',
			"LINE 1: SELECT customer_tier FROM raw_customers",
			"               ^",
		].join("\n"),
		owners: ["data-platform", "jane"],
		metadata: { plan: { steps: [{ name: "load" }] }, batch_id: "b-17", rows: 0, tables: ["orders", "customers"] },
		ci: {
			provider: "github",
			repository: "acme/warehouse",
			branch: "main",
			commit: "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b",
			commit_message: "Load customer tiers",
			commit_author: "Jane Doe",
			actor: "jane",
			trigger: "schedule",
			pull_request: 481,
			pull_request_title: "Customer tiers",
			job: "load",
			matrix: { region: "eu" },
			run_url: run,
			job_url: `${run}/job/9`,
		},
		...given,
	});
}

/** The batch of a whole run, whose message is written out in the test of each preset. */
export function finishedRun(): Events {
	const { ci = {} } = failedPipeline().context;
	const given = { run_id: "1234567890-1", ci };
	return [
		event("pipeline_start", given),
		event("after_model_run", { ...given, model: "stg_orders", duration_ms: 4200 }),
		event("model_error", {
			...given,
			model: "dim_orders",
			duration_ms: 45_200,
			error: "Table `raw_orders` not found\n  at load <orders> & more",
		}),
		event("drift_detected", { ...given, table: "raw_customers" }),
		event("pipeline_error", {
			...given,
			duration_ms: 130_000,
			error: "1 model failed",
			timestamp: "2026-04-02T14:32:10Z",
		}),
	];
}

/** An event that carries the text wherever a user's text can stand. */
export function hostileEvent(text: string): PipelineEvent {
	const values: JsonObject = { [text]: text, ["__proto__"]: text, nested: { [text]: [text] } };
	const made = event("model_error", {
		model: text,
		table: text,
		error: text,
		pipeline: text,
		run_id: text,
		project_id: text,
		entity: { name: text },
		changes: [{ field: text, old: text, new: [text] }, {}],
		owners: [text],
		followers: [text],
		data: values,
		resource: values,
		metadata: values,
		ci: { provider: text, repository: text, branch: text, commit: text, actor: text, run_url: text },
	});
	return { ...made, definition: { ...made.definition, title: text } };
}

/** A failed pipeline with more of everything than any service takes. */
export function monstrousEvent(): PipelineEvent {
	const long = 'line "of" <text> & \\ 🙂 日本語 \ud83d\n\u001b[31m'.repeat(3000);
	const metadata = Object.fromEntries(
		Array.from({ length: 10_000 }, (_, index) => [`key_${index}_${"k".repeat(90)}`, long.slice(0, 100)]),
	);
	return event("pipeline_error", {
		pipeline: long,
		run_id: long,
		table: long,
		model: long,
		error: long.repeat(2),
		project_id: long,
		duration_ms: Number.MAX_VALUE,
		entity: { name: long },
		owners: Array.from({ length: 500 }, () => long.slice(0, 100)),
		changes: Array.from({ length: 50 }, () => ({ field: "\\".repeat(2000), old: "\\".repeat(2000), new: [] })),
		metadata,
		ci: { provider: "github", repository: long, branch: long, commit: long, actor: long, run_url: RUN_URL },
	});
}

/** A batch of that many events, one or more. */
export function batch(count: number, make: (index: number) => PipelineEvent): Events {
	return [make(0), ...Array.from({ length: count - 1 }, (_, index) => make(index + 1))];
}
