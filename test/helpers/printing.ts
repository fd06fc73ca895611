// A shell hook that prints every secret it can find, in every way that it can be written.

/** Prints what a hook can get hold of, in every way that is at hand; the last line in a way of its own. */
export const PRINT = `set -x
: "$API_TOKEN" "$DATABASE" "$MARKED_SECRET" "$MARKED_AUTH"
set +x
set; env; cat pipeline-hooks.toml
for value in "$API_TOKEN" "$DATABASE" "$MARKED_SECRET" "$MARKED_ROUTING" "$HTTP_PROXY" "$GITHUB_TOKEN"; do
	for before in "" x xy; do printf %s "$before$value" | base64; printf %s "$before$value" | base64 -w0; echo; done
	printf %s "$value" | od -An -v -tx1 | tr -d ' \\n'; echo
done
exec "$NODE" print.mjs
`;

/** The second half of it. */
export const PRINT_MORE = `import { readFileSync } from "node:fs";
const json = (text) => JSON.stringify(text).slice(1, -1);
const ways = [
	(text) => text,
	json,
	(text) => json(json(text)),
	encodeURIComponent,
	(text) => encodeURIComponent(text).replaceAll(/%../g, (found) => found.toLowerCase()),
	(text) => new URLSearchParams({ x: text }).toString(),
	(text) => Buffer.from(text).toString("base64"),
	(text) => Buffer.from("?" + text).toString("base64url"),
	(text) => Buffer.from(text).toString("hex").toUpperCase(),
	(text) => Buffer.from(text).toString("hex").replaceAll(/.{60}/g, "$&\\n"),
	(text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
];
const parent = readFileSync("/proc/" + process.ppid + "/environ", "utf8").split("\\0");
const own = Object.entries(process.env).map(([name, value]) => name + "=" + value);
const texts = [...own, ...parent, readFileSync("pipeline-hooks.toml", "utf8"), readFileSync(0, "utf8")];
for (const text of texts) if (/MARKED|TOKEN|DATABASE|PROXY|proxy|hook/.test(text)) for (const way of ways) console.log(way(text));
const turn = Number(process.env.TURN);
console.error("because of " + ways[turn % ways.length](own.filter((text) => /^(MARKED|API_TOKEN)/.test(text))[turn % 13] ?? own[0]));
process.exitCode = Number(process.env.PRINT_CODE ?? 1);
`;
