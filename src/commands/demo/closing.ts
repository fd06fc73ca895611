// The end of the demo: what the services got, whether all went as expected, the config, and what to do next.
import { parseJson } from "../../lib/json.ts";
import { valuesAt } from "../../lib/lookup.ts";
import { count, duration, excerpt } from "../../lib/text.ts";
import { reasonOf } from "../../model/delivery.ts";
import type { Received } from "../../receiver/receiver.ts";
import type { Paint } from "../command.ts";
import { tableLines } from "../table.ts";
import type { Played } from "./play.ts";
import { CONFIG_PATH, configText, SHOWN_CONFIG_LINES, serviceAt } from "./script.ts";

/** Columns of the table's last cell and of the frame. */
const READS_WIDTH = 42;
const FRAME_WIDTH = 96;

/** What did not go as the script says, one sentence each; empty if all is well. */
export function unexpected({ fired, received }: Pick<Played, "fired" | "received">): readonly string[] {
	const webhooks = fired.flatMap(({ report }) =>
		report.outcomes.filter(({ delivery }) => delivery.hook.kind === "webhook"),
	);
	const sent = webhooks.reduce((sum, { attempts }) => sum + attempts.length, 0);
	const otherwise = fired.flatMap(({ step, report }) =>
		Object.entries(step.expected).flatMap(([hook, expected]) => {
			const outcome = report.outcomes.find(({ delivery }) => delivery.hook.name === hook);
			if (outcome?.status === expected) return [];
			const reason = outcome && reasonOf(outcome) ? ` (${reasonOf(outcome)})` : "";
			return [`${hook} on ${step.event} should be ${expected} and is ${outcome?.status ?? "missing"}${reason}`];
		}),
	);
	return [
		...otherwise,
		...(received.length === sent ? [] : [`${sent} requests were sent, but ${received.length} were received`]),
		...received.flatMap(({ path, event, signature }) =>
			signature === "valid" ? [] : [`${serviceAt(path)?.title ?? path}: signature of ${event} ${signature}`],
		),
	];
}

/** What the receiver got: one receipt a delivery with all its attempts, in the order of the first attempts. */
export function receiptsOf(received: readonly Received[]) {
	const idOf = ({ deliveryId = "none" }: Received) => deliveryId;
	return [...new Set(received.map(idOf))].map((delivery) => {
		const attempts = received.filter((attempt) => idOf(attempt) === delivery);
		const { path = "", event = "", body } = attempts[0] ?? {};
		const service = serviceAt(path);
		const message = parseJson(new TextDecoder().decode(body)) ?? null;
		const texts = service?.reads.flatMap((at) => valuesAt(message, at.split("."), "index")) ?? [];
		return {
			service: service?.title ?? path,
			event,
			delivery,
			/** Of the response to each attempt. */
			statuses: attempts.map(({ status }) => status),
			/** Every attempt was signed with the right secret, over the bytes that came. */
			signed: attempts.every(({ signature }) => signature === "valid"),
			/** The line that a person would read there. */
			reads: excerpt(texts.join(service?.joint), 200),
		};
	});
}

const NEXT = [
	["1  Write the hooks", `${CONFIG_PATH}, beginning with the lines above`],
	["2  Check them", "pipeline-hooks validate"],
	["3  Fire an event", "- { uses: pipeline-hooks/pipeline-hooks@v0, with: { event: pipeline_start } }"],
] as const;

/** All lines after the last outcome. */
export function closingLines(played: Played, problems: readonly string[], paint: Paint): readonly string[] {
	const indented = (line: string) => `  ${line}`;
	return [
		"",
		paint("bold", "What the services got"),
		...receiptLines(played, paint).map(indented),
		"",
		...verdictLines(played, problems, paint).map(indented),
		"",
		...configLines(paint).map(indented),
		"",
		paint("bold", "Next"),
		...NEXT.map(([what, how]) => indented(`${what.padEnd(18)}  ${how}`)),
	];
}

function receiptLines({ received }: Played, paint: Paint): readonly string[] {
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
	return [paint("dim", head), ...lines];
}

function verdictLines(
	{ fired, received, durationMs }: Played,
	problems: readonly string[],
	paint: Paint,
): readonly string[] {
	const outcomes = fired.flatMap(({ report }) => report.outcomes);
	const isWell = problems.length === 0;
	const ended = (wanted: string) => `${outcomes.filter(({ status }) => status === wanted).length} ${wanted}`;
	const counts = `${ended("delivered")}, ${ended("failed")}${isWell ? " on purpose" : ""}, ${ended("skipped")}`;
	const requests = `${count(received.length, "request")} in ${duration(durationMs)}.`;
	return [
		`${count(fired.length, "event")}, ${outcomes.length} deliveries: ${counts}; ${requests}`,
		...(isWell ? [`${paint("green", "✓")} Every signature was valid, and everything ended as it should.`] : []),
		...problems.map((problem) => paint("red", `✗ ${problem}`)),
	];
}

function configLines(paint: Paint): readonly string[] {
	const lines = configText(process.platform).trimEnd().split("\n");
	const title = `─ ${CONFIG_PATH}, lines 1 to ${SHOWN_CONFIG_LINES} of ${lines.length} `;
	return [
		paint("dim", `┌${title.padEnd(FRAME_WIDTH, "─")}`),
		...lines.slice(0, SHOWN_CONFIG_LINES).map((line) => `${paint("dim", "│")} ${line}`.trimEnd()),
		paint("dim", `└${"─".repeat(FRAME_WIDTH)}`),
	];
}
