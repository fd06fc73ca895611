// `render --html` in a real browser: it shows every message, loads nothing, and runs nothing of what is in an event.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { NAMES } from "../helpers/every-preset.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const CHROMIUM = "/usr/bin/chromium";
const inChromium = describe.skipIf(!existsSync(CHROMIUM) && process.env["CI"] === undefined);

/** What a browser makes of an address: its elements after loading, and what it says on its console. */
async function open(url: string): Promise<{ readonly dom: string; readonly console: readonly string[] }> {
	const profile = mkdtempSync(join(tmpdir(), "chromium-"));
	const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);
	const args = ["--headless", "--no-sandbox", "--no-first-run", ...quiet, `--user-data-dir=${profile}`];
	try {
		const ended = await promisify(execFile)(
			CHROMIUM,
			[...args, "--enable-logging=stderr", "--virtual-time-budget=2000", "--dump-dom", url],
			{ maxBuffer: 2 ** 26 },
		);
		return { dom: ended.stdout, console: ended.stderr.split("\n").filter((line) => line.includes("CONSOLE")) };
	} finally {
		rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** No policy forbids it: the escapes alone keep it out. */
const REFRESH = "<meta http-equiv=refresh content='0;url=https://refresh.invalid/'>";

/** What tries to run or to load something, wherever it lands. */
const attacks = (leak: string) => [
	`<script>new Image().src="${leak}/script"; document.title="owned"</script>`,
	`"><img src="${leak}/img" onerror="document.title='owned'">`,
	`' onmouseover='document.title="owned"' style='background:url(${leak}/style)`,
	`</style><style>@import "${leak}/import"; *{background:url(${leak}/css)}</style>`,
	`</script></pre></title><svg onload="fetch('${leak}/svg')"></svg>`,
	`<iframe src="${leak}/frame"></iframe><link rel=stylesheet href="${leak}/link">`,
	`[a](javascript:document.title='owned') <javascript:alert(1)|b> ![i](${leak}/markdown)`,
	REFRESH,
	"{{constructor.constructor('alert(1)')()}} ${alert(1)}",
];

inChromium("the page in chromium (needs chromium)", () => {
	it("runs, loads and reports nothing, whatever an event says", async () => {
		const leak = await startServer({ status: 200 });
		const texts = attacks(leak.url);
		const all = texts.join("\n");
		const context = {
			error: all,
			pipeline: texts[0],
			run_id: texts[1],
			table: texts[2],
			model: texts[3],
			owners: texts,
			entity: { type: texts[4], name: texts[5] },
			metadata: Object.fromEntries(texts.map((text) => [text, text])),
		};
		const config = [
			...NAMES.filter((name) => /^(slack|teams|discord|google_chat|mattermost|generic)$/.test(name)),
			"telegram",
		]
			.map(
				(name) =>
					`[[hook.webhooks.pipeline_error]]\nname = "${name}"\nurl = "https://example.com/x"\npreset = "${name}"\n${name === "telegram" ? 'chat_id = "1"\n' : ""}`,
			)
			.concat(
				// A template puts a text wherever it wants.
				`[[hook.webhooks.pipeline_error]]\nname = "own"\nurl = "https://example.com/x"\npreset = "teams"\nbody_template = '''{"type": "AdaptiveCard", "version": "1.4", "backgroundImage": "${leak.url}/background", "body": [{"type": "Image", "url": "${leak.url}/image"}, {"type": "Media", "poster": "${leak.url}/poster", "sources": [{"mimeType": "video/mp4", "url": "${leak.url}/media"}]}, {"type": "TextBlock", "text": "{{error}}"}], "actions": [{"type": "Action.OpenUrl", "title": "{{error}}", "url": "javascript:document.title='owned'", "iconUrl": "${leak.url}/icon"}]}'''\n`,
			)
			.join("\n");
		const folder = workspace({ "pipeline-hooks.toml": config });
		const run = await runCommand(["render", "pipeline_error", "--context", "-", "--html", "out/page.html"], {
			workspace: folder,
			input: JSON.stringify(context),
		});
		expect(run).toMatchObject({ code: 0, stderr: "" });
		expect(run.stdout).toContain("page: out/page.html\n");
		const html = readFileSync(join(folder, "out/page.html"), "utf8");
		const site = await startServer({ status: 200, body: html, headers: { "Content-Type": "text/html" } });

		const shown = await open(`${site.url}/page`);
		expect(shown.console).toEqual([]);
		expect(leak.requests).toEqual([]);
		expect(site.requests.map(({ path }) => path)).toEqual(["/page"]);
		expect(shown.dom).toContain("<title>pipeline_error</title>");
		expect(shown.dom).not.toMatch(/<(?:script|img|svg|iframe|link)\b/);
		expect(shown.dom).not.toMatch(/<[^>]*(?:="\s*javascript:|\son\w+=|\sstyle=)/i);
		// All of it is there, as text.
		for (const name of ["slack", "teams", "discord", "google_chat", "mattermost", "telegram", "own"]) {
			expect(shown.dom).toContain(`<b>${name}</b>`);
		}
		expect(shown.dom).toContain("&lt;script&gt;new Image()");
	});

	it("would be seen to run and load, without its policy and its escapes", async () => {
		const leak = await startServer({ status: 200 });
		const unsafe = attacks(leak.url).join("\n").replace(REFRESH, "");
		const site = await startServer({
			status: 200,
			body: `<!doctype html><title>x</title>${unsafe}`,
			headers: { "Content-Type": "text/html" },
		});
		const shown = await open(`${site.url}/page`);
		expect(leak.requests.length).toBeGreaterThan(0);
		expect(shown.dom).toContain("<title>owned</title>");
	});

	it("forbids scripts, styles and images that are put into it all the same, and says so", async () => {
		const leak = await startServer({ status: 200 });
		const folder = workspace({ "pipeline-hooks.toml": '[[hook.webhooks.ping]]\nurl = "https://example.com/x"\n' });
		await runCommand(["render", "ping", "--html", "page.html"], { workspace: folder });
		const html = readFileSync(join(folder, "page.html"), "utf8").replace(
			"<main>",
			`<main>${attacks(leak.url).join("\n").replace(REFRESH, "")}`,
		);
		const site = await startServer({ status: 200, body: html, headers: { "Content-Type": "text/html" } });
		const shown = await open(`${site.url}/page`);
		expect(shown.dom).not.toContain("<title>owned</title>");
		expect(shown.console.join("\n")).toMatch(/violates the following Content Security Policy directive/);
		expect(leak.requests).toEqual([]);
	});
});

describe("render --html", () => {
	const CONFIG =
		'[[hook.webhooks.ping]]\nname = "a"\nurl = "https://example.com/x"\nbody_template = \'{"text": "${API_TOKEN} {{metadata.x}}"}\'\n';

	it("shows no secret, and says what is made up", async () => {
		const folder = workspace({ "pipeline-hooks.toml": CONFIG });
		const env = { API_TOKEN: "s3cr3t-t0ken" };
		const run = await runCommand(["render", "ping", "--html", "page.html", "--json"], { workspace: folder, env });
		expect(JSON.parse(run.stdout)).toMatchObject({ made_up: ["id", "run_id", "timestamp"] });
		const html = readFileSync(join(folder, "page.html"), "utf8");
		expect(html).not.toContain("s3cr3t");
		expect(html).toContain("&#34;text&#34;: &#34;*** ");
		expect(html).toContain("made up: id, run_id, timestamp");
	});

	it("says where it cannot be written", async () => {
		const folder = workspace({ "pipeline-hooks.toml": CONFIG, file: "" });
		const run = await runCommand(["render", "ping", "--html", "file/page.html"], { workspace: folder });
		expect(run.code).toBe(2);
		expect(run.stderr).toMatch(/^error\[input\]: html: file\/page\.html cannot be written: (?:ENOTDIR|EEXIST)\n/);
	});
});
