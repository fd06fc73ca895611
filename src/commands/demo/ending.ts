// The end of the demo: what was received, whether all went well, the config that did it, and what to do next.

import { parseJson } from "../../lib/json.ts";
import { count, duration, excerpt } from "../../lib/text.ts";
import { reasonOf } from "../../model/delivery.ts";
import type { Received } from "../../receiver/receiver.ts";
import { resultsDocument } from "../../report/json.ts";
import type { Paint } from "../paint.ts";
import { tableLines } from "../table.ts";
import { CONFIG_PATH, configExcerpt, configText } from "./config.ts";
import type { Played } from "./play.ts";
import { serviceAt } from "./script.ts";

/** Columns of the table's last cell and of the frame. */
const READS_WIDTH = 42;
const FRAME_WIDTH = 96;

const NEXT: readonly (readonly [string, string])[] = [
	["1  Write the hooks", `${CONFIG_PATH}, beginning with the lines above`],
	["2  Check them", "pipeline-hooks validate"],
	["3  Fire an event", "- { uses: pipeline-hooks/pipeline-hooks@v0, with: { event: pipeline_start } }"],
];

/** What went otherwise than it must, one sentence each; empty when all is well. */
export function unexpected({ fired, received }: Pick<Played, "fired" | "received">): readonly string[] {
	const attempts = fired
		.flatMap(({ report }) => report.outcomes)
		.filter(({ delivery }) => delivery.hook.kind === "webhook")
		.reduce((sum, outcome) => sum + outcome.attempts.length, 0);
	const lost =
		received.length === attempts ? [] : [`${attempts} requests were sent, but ${received.length} were received`];
	const unsigned = received
		.filter(({ signature }) => signature !== "valid")
		.map(({ path, event, signature }) => `${serviceAt(path)?.title ?? path}: signature of ${event} ${signature}`);
	const otherwise = fired.flatMap(({ step, report }) =>
		Object.entries(step.expected).flatMap(([hook, expected]) => {
			const outcome = report.outcomes.find(({ delivery }) => delivery.hook.name === hook);
			if (outcome?.status === expected) return [];
			const why = outcome === undefined ? "" : reasonOf(outcome);
			const reason = why === "" ? "" : ` (${why})`;
			return [`${hook} on ${step.event} should be ${expected} and is ${outcome?.status ?? "missing"}${reason}`];
		}),
	);
	return [...otherwise, ...lost, ...unsigned];
}

/** What the receiver got, one receipt a delivery: its attempts are told by its id. In the order of the first ones. */
export function receiptsOf(received: readonly Received[]) {
	const idOf = ({ deliveryId = "none" }: Received) => deliveryId;
	return [...new Set(received.map(idOf))].map((delivery) => {
		const attempts = received.filter((attempt) => idOf(attempt) === delivery);
		const [first] = attempts;
		const service = serviceAt(first?.path ?? "");
		return {
			service: service?.title ?? first?.path ?? "",
			event: first?.event ?? "",
			delivery,
			/** What was answered to each attempt. */
			statuses: attempts.map(({ status }) => status),
			/** Every attempt was signed with the right secret, over the bytes that came. */
			signed: attempts.every(({ signature }) => signature === "valid"),
			/** The line that a person would read there. */
			reads: excerpt(service?.reads(parseJson(new TextDecoder().decode(first?.body))) ?? "", 200),
		};
	});
}

/** What `demo --json` writes; secrets redacted. */
export function demoDocument({ fired, received, durationMs, mask }: Played, problems: readonly string[]) {
	return {
		ok: problems.length === 0,
		problems: problems.map(mask),
		duration_ms: Math.round(durationMs),
		events: fired.map(({ run, report }) => ({ run: run.title, ...resultsDocument(report, mask) })),
		received: receiptsOf(received).map((receipt) => ({ ...receipt, reads: mask(receipt.reads) })),
	};
}

/** All lines after the story. */
export function closingLines(played: Played, problems: readonly string[], paint: Paint): readonly string[] {
	return [
		"",
		paint("bold", "What the services got"),
		...receiptLines(played.received, paint),
		"",
		...verdictLines(played, problems, paint),
		"",
		...configLines(paint),
		"",
		paint("bold", "Next"),
		...NEXT.map(([what, how]) => `  ${what.padEnd(18)}  ${how}`),
	].map(played.mask);
}

function receiptLines(received: readonly Received[], paint: Paint): readonly string[] {
	const rows = receiptsOf(received).map(({ service, event, delivery, statuses, signed, reads }) => [
		service,
		event,
		delivery.replace(/^dlv_/, "").slice(0, 7),
		statuses.join(", "),
		signed ? "✓" : "✗ NO",
		excerpt(reads, READS_WIDTH),
	]);
	const columns = ["SERVICE", "EVENT", "ID", "ANSWERS", "SIGNED", "WHAT A PERSON READS"];
	const [head = "", ...lines] = tableLines(columns, rows);
	return [`  ${paint("dim", head)}`, ...lines.map((line) => `  ${line}`)];
}

function verdictLines(
	{ fired, received, durationMs }: Played,
	problems: readonly string[],
	paint: Paint,
): readonly string[] {
	const outcomes = fired.flatMap(({ report }) => report.outcomes);
	const ended = (wanted: string) => outcomes.filter(({ status }) => status === wanted).length;
	const failed = `${ended("failed")} failed${problems.length === 0 ? " on purpose" : ""}`;
	const counts = `${ended("delivered")} delivered, ${failed}, ${ended("skipped")} skipped`;
	const verdict =
		problems.length === 0
			? [`${paint("green", "✓")} Every signature was valid, and everything ended as it should.`]
			: problems.map((problem) => paint("red", `✗ ${problem}`));
	const requests = `${count(received.length, "request")} in ${duration(durationMs)}.`;
	const events = `${count(fired.length, "event")}, ${outcomes.length} deliveries: ${counts}; ${requests}`;
	return [events, ...verdict].map((line) => `  ${line}`);
}

function configLines(paint: Paint): readonly string[] {
	const lines = configExcerpt(process.platform).trimEnd().split("\n");
	const all = configText(process.platform).trimEnd().split("\n").length;
	const title = `─ ${CONFIG_PATH}, lines 1 to ${lines.length} of ${all} `;
	return [
		`  ${paint("dim", `┌${title.padEnd(FRAME_WIDTH, "─")}`)}`,
		...lines.map((line) => `  ${paint("dim", "│")} ${line}`.trimEnd()),
		`  ${paint("dim", `└${"─".repeat(FRAME_WIDTH)}`)}`,
	];
}
