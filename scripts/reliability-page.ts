// The text of docs/reliability.md: everything that can go wrong and what happens then, in the words of the scenarios that prove it.
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { type FaultTitle, faultTitles, LAST_FAULT } from "./fault-titles.ts";

/** Where the page is kept, from the root of the repository. */
export const PAGE = "docs/reliability.md";

/** Faults of features that do not exist yet: such a row needs no scenario, and must have none. */
export const EXEMPT: ReadonlyMap<number, string> = new Map([
	[33, "a kill between sending and recording: nothing records what was sent"],
	[34, "a record of deliveries that is damaged, read-only or on a full disk: there is no such record"],
	[35, "two processes that redeliver the same item: nothing is kept for redelivery"],
]);

/** The rows of the page: the fault's numbers, each with its titles in the order of files and of each file. */
export function collectRows(): ReadonlyMap<number, readonly FaultTitle[]> {
	const titles = globSync("test/**/*.ts")
		.sort()
		.flatMap((file) => {
			const found = faultTitles(file, readFileSync(file, "utf8"));
			const [first] = found;
			if (first === undefined || /^test\/(scenarios|suites)\//.test(file)) return found;
			throw new Error(`${file}: fault ${first.number} is proved by a scenario, not here`);
		});
	const numbers = Array.from({ length: LAST_FAULT }, (_, index) => index + 1);
	return new Map(numbers.map((number) => [number, titles.filter((title) => title.number === number)]));
}

/** The whole page. A row without a scenario says so. */
export function reliabilityPage(rows: ReadonlyMap<number, readonly FaultTitle[]>): string {
	const table = [...rows].flatMap(([number, titles]) => {
		const files = [...new Set(titles.map(({ file }) => file))];
		const proved = files.map((file) => {
			const sentences = titles.filter((title) => title.file === file).map(({ sentence }) => shown(sentence));
			return [sentences.join("<br>"), `[${basename(file, ".ts").replace(".test", "")}](../${file})`] as const;
		});
		const waits = EXEMPT.get(number);
		const missing = waits === undefined ? "no scenario" : `*not yet:* ${waits}`;
		const cells = proved.length === 0 || waits !== undefined ? [...proved, [missing, ""] as const] : proved;
		return cells.map((pair, index) => `| ${[index === 0 ? String(number) : "", ...pair].join(" | ")} |`);
	});
	return INTRODUCTION + table.map((line) => `${line}\n`).join("");
}

/** A title as Markdown text in a table. An underscore inside a word marks nothing. */
function shown(sentence: string): string {
	return sentence.replaceAll(/[&<>|\\*`[\]~]|\b_|_\b/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const INTRODUCTION = `# Reliability

pipeline-hooks runs in front of deploys, with secrets in its environment, and talks to other people's servers. This page lists what
can go wrong, and what happens then.

Each sentence is the title of a scenario that runs the built action or command in its own process, against real servers
and real child processes; nothing is mocked. \`npm run reliability\` generates the page from the titles. \`.ci/run\` installs, on Debian or
Ubuntu, what the scenarios need. After that, this runs them:

\`\`\`sh
npx vitest run --project product test/scenarios/faults
\`\`\`

Not covered: macOS and Windows, where the suite does not run; the services themselves, in place of which there are receivers on
loopback; and the rows that say "not yet".

| | what goes wrong, and what happens then | tested in |
|--:|---|---|
`;
