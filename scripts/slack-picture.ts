// The README's picture: a message to Slack, drawn as SVG from the body that was sent.

/** What is fired for the picture: the README's workflow after a load that failed. */
export const PICTURED = {
	config: '[hook.webhooks.pipeline_error]\nurl    = "${SLACK_WEBHOOK_URL}"\npreset = "slack"\n',
	args: [
		"fire",
		"pipeline_error",
		"--error",
		"the nightly load failed",
		"--context",
		'{"timestamp": "2026-04-02T03:12:10Z"}',
	],
	env: {
		GITHUB_ACTIONS: "true",
		GITHUB_EVENT_NAME: "schedule",
		GITHUB_REPOSITORY: "acme/warehouse",
		GITHUB_REF_NAME: "main",
		GITHUB_REF_TYPE: "branch",
		GITHUB_SHA: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
		GITHUB_ACTOR: "octocat",
		GITHUB_WORKFLOW: "nightly",
		GITHUB_JOB: "load",
		GITHUB_RUN_ID: "42",
		GITHUB_RUN_ATTEMPT: "1",
		GITHUB_SERVER_URL: "https://github.com",
	},
} as const;

export const PICTURE = "docs/images/slack.svg";

/** A text object of Block Kit. */
interface Text {
	readonly text: string;
}

/** A block of the kinds that the slack preset sends. */
interface Block {
	readonly type: string;
	readonly text?: Text;
	readonly fields?: readonly Text[];
	readonly elements?: readonly Text[];
}

const WIDTH = 620;
const LEFT = 76;
const COLUMN = 260;
/** In characters, at the size of the last line. */
const LINE = 84;

const STYLE = `text { font: 15px -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1d1c1d; }
.name { font-weight: 700; }
.header { font-size: 18px; font-weight: 700; }
.label { font-weight: 700; }
.code { font: 12.5px ui-monospace, Menlo, Consolas, monospace; }
.small { font-size: 12.5px; fill: #616061; }
.link { fill: #1264a3; }`;

/** @param body the JSON that the slack preset posts */
export function drawMessage(body: string): string {
	const { blocks }: { readonly blocks: readonly Block[] } = JSON.parse(body);
	const shapes: string[] = [];
	let top = 62;
	for (const { type, text, fields = [], elements = [] } of blocks) {
		if (type === "header") {
			shapes.push(line(LEFT, top + 14, "header", text?.text));
			top += 40;
		}
		if (type === "section" && text !== undefined) {
			const code = plain(text.text).replaceAll("```", "").trim().split("\n");
			shapes.push(
				`<rect x="${LEFT}" y="${top - 12}" width="${WIDTH - LEFT - 24}" height="${18 * code.length + 14}" rx="4" fill="#f8f8f8" stroke="#dddddd"/>`,
			);
			code.forEach((row, index) => {
				shapes.push(line(LEFT + 10, top + 8 + 18 * index, "code", row));
			});
			top += 18 * code.length + 28;
		}
		fields.forEach((field, index) => {
			const [label = "", ...value] = plain(field.text).split("\n");
			const x = LEFT + (index % 2) * COLUMN;
			const y = top + Math.floor(index / 2) * 48;
			shapes.push(line(x, y, "label", label.replaceAll("*", "")), line(x, y + 20, "", value.join(" ")));
		});
		top += Math.ceil(fields.length / 2) * 48;
		for (const element of elements) {
			for (const row of wrap(element.text)) {
				shapes.push(`<text x="${LEFT}" y="${top}" class="small">${links(row)}</text>`);
				top += 18;
			}
		}
	}
	return picture(top + 6, shapes);
}

function picture(height: number, shapes: readonly string[]): string {
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">A message in Slack about a failed pipeline</title>
<style>
${STYLE}
</style>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#dddddd"/>
<rect x="24" y="22" width="36" height="36" rx="6" fill="#6f42c1"/>
<path d="M46 30 v12 a6 6 0 1 1 -6 -6" fill="none" stroke="#ffffff" stroke-width="3" stroke-linecap="round"/>
<text x="${LEFT}" y="36" class="name">pipeline-hooks <tspan class="small">APP</tspan></text>
${shapes.join("\n")}
</svg>
`;
}

function line(x: number, y: number, style: string, text = ""): string {
	return `<text x="${x}" y="${y}"${style === "" ? "" : ` class="${style}"`}>${escapeXml(plain(text))}</text>`;
}

/** Slack's escapes undone. */
function plain(text: string): string {
	return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Breaks a line of facts between them where it gets too long. */
function wrap(text: string): readonly string[] {
	const rows = [""];
	for (const part of text.split(" · ")) {
		const row = rows.at(-1) ?? "";
		const longer = row === "" ? part : `${row} · ${part}`;
		if (row === "" || shown(longer).length <= LINE) rows[rows.length - 1] = longer;
		else rows.push(part);
	}
	return rows;
}

const LINK = /<([^|>]+)\|([^>]+)>/g;

function shown(text: string): string {
	return text.replaceAll(LINK, "$2");
}

/** `<url|text>`, as a link's text. */
function links(text: string): string {
	return text
		.split(/(<[^|>]+\|[^>]+>)/)
		.map((part) => {
			const isLink = part !== shown(part);
			return isLink ? `<tspan class="link">${escapeXml(plain(shown(part)))}</tspan>` : escapeXml(plain(part));
		})
		.join("");
}
