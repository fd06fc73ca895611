// Configs at their worst: each works or is told in one line, in bounded time and space.
import { describe, expect, it } from "vitest";
import { normalise } from "../../helpers/runner.ts";
import { fire } from "../../helpers/send.ts";

const HOOK = '[[hook.pipeline_start]]\nname = "it"\ncommand = "echo ran"\n';

/** For the worst of these files on a busy machine; most take a tenth of a second. */
const BOUND_MS = 20_000;

const KILOBYTE = "x".repeat(1024);

const many = (count: number, text: (index: number) => string) =>
	Array.from({ length: count }, (_, n) => text(n)).join("");

/** Fires pipeline_start, and is done in bounded time. */
async function fireWithin(config: string | Uint8Array) {
	const run = await fire("", { files: { "pipeline-hooks.toml": config } });
	expect(run.elapsedMs).toBeLessThan(BOUND_MS);
	expect(run.stderr).toBe("");
	return run;
}

const RAN = { code: 0, annotations: [], outputs: { result: "passed", delivered: "1" } };

describe("fault 44: a config that is huge, deeply nested or oddly encoded works, or is an error of one line, in bounded time", {
	timeout: 2 * BOUND_MS,
}, () => {
	it("begins with a byte order mark and ends its lines as Windows does", async () => {
		const text = `\ufeff# x\n${HOOK}env = { A = """\na\nb""" }\n`;
		const run = await fireWithin(`${text}on_failure = "warn"\n`.replaceAll("\n", "\r\n"));
		expect(run).toMatchObject(RAN);
		expect(normalise(run.log)).toBe(
			"::group::it: echo ran\nran\n::endgroup::\n✓ it · TIME\npipeline_start: passed · 1 delivered, 0 failed, 0 skipped\n",
		);
		const wrong = await fireWithin(`${text}on_failure = "wrn"\n`.replaceAll("\n", "\r\n"));
		expect(wrong.annotations[0]?.properties).toMatchObject({ line: "8", col: "1" });
	});

	it.each([
		[
			"10 000 events",
			HOOK + many(10_000, (n) => `[event.deploy.e${n}]\ntitle = "e"\n[[hook.deploy.e${n}]]\ncommand = "true"\n`),
		],
		["10 MB of line breaks", HOOK + "\r\n".repeat(5_000_000)],
		[
			"10 MB of hooks",
			HOOK +
				many(
					2000,
					(n) =>
						`[[hook.webhooks.ping]]\nurl = "https://example.com/${n}"\nbody_template = '{"a": "${KILOBYTE.repeat(5)}"}'\n`,
				),
		],
	])("%s work", async (_, config) => {
		expect(Buffer.byteLength(config)).toBeLessThan(10 * 1024 * 1024);
		expect(await fireWithin(config)).toMatchObject(RAN);
	});

	const latin = Buffer.from(`${HOOK}# caf\u00e9\n`, "latin1");
	it.each<[what: string, config: string | Uint8Array, message: RegExp]>([
		["larger than 10 MB", many(11_000, () => `# ${KILOBYTE}\n`) + HOOK, /larger than 10485760 bytes/],
		["5 million numbers", `${HOOK}x = [${"1,".repeat(5_000_000)}]\n`, /has more than 2000000 keys and values/],
		["a thousand nested tables", `${HOOK}x = ${"{a = ".repeat(1000)}1${"}".repeat(1000)}\n`, /^unknown key "x"/],
		["a key of 5 MB", `${HOOK}${"k".repeat(5_000_000)} = 1\n`, /^unknown key "k{60}…"/],
		["a string that is not closed in 9 MB", `${HOOK}x = """${"\n".repeat(9_000_000)}`, /a string is not closed/],
		["nothing but NUL bytes", new Uint8Array(1_000_000), /has a NUL byte in it/],
		["Latin-1", latin, /is not UTF-8 text/],
		["UTF-16", Buffer.from(`\ufeff${HOOK}`, "utf16le"), /is UTF-16, not UTF-8/],
		[
			"__proto__ at every depth",
			`${HOOK}[${"a.".repeat(100_000)}a]\n${many(100_000, (n) => `__proto__.k${n} = 1\n`)}`,
			/^unknown key "a"/,
		],
	])("%s: a mistake, told in one line, and nothing runs", async (_, config, message) => {
		const run = await fireWithin(config);
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(run.annotations[0]?.message).toMatch(message);
		expect(run.stdout.length).toBeLessThan(5000);
		expect(run.summary.length).toBeLessThan(2000);
		expect(run.log).not.toContain("ran\n");
	});

	it.each([
		["a line each", many(20_000, (n) => `[[hook.pipeline_start]]\ncommand = "true"\ncolour = "${n}"\n`)],
		["all on one line", `[hook]\npipeline_start = [${many(20_000, (n) => `{command = "true", colour = ${n}}, `)}]\n`],
	])("20 000 errors, %s: a hundred are told, the others are counted", async (_, config) => {
		const run = await fireWithin(config);
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(run.annotations.at(-1)?.message).toBe("92 more, see the summary");
		expect(run.log).toContain("19900 more errors in pipeline-hooks.toml");
		expect(run.log.length).toBeLessThan(500_000);
		expect(run.summary).toContain("19900 more errors in pipeline-hooks.toml");
		expect(Buffer.byteLength(run.summary)).toBeLessThan(1024 * 1024);
	});
});
