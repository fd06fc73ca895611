// Prints how long masking hostile text takes: a megabyte of what is slowest to mask, with 400 secrets.
import { createMask } from "../src/secrets/mask.ts";

const SECRETS = 400;
const LENGTH = 1_000_000;
const BUDGET_MS = 1000;

/** What the text is made of: escapes in escapes, beginnings of secrets, truncated ones, and what may be encoded. */
const UNITS = [
	"%5c",
	"\\u005c",
	"&#92;",
	"%255c\\u005c&#92;",
	"s3cr0et-",
	"s3cr0et-0…",
	"QUJDREVGR0hJ",
	"414243",
	"\\",
	" ",
];

const secrets = Array.from({ length: SECRETS }, (_, index) => {
	return `s3cr${index % 10}et-${index}-x%5c\\ "'&+/=é-${Math.sin(index)}`;
});

let slowest = 0;
for (const unit of UNITS) {
	const text = unit.repeat(LENGTH / unit.length);
	const before = process.cpuUsage();
	createMask(secrets)(text);
	const { user, system } = process.cpuUsage(before);
	const ms = (user + system) / 1000;
	slowest = Math.max(slowest, ms);
	process.stdout.write(`${JSON.stringify(unit)}: ${Math.round(ms)} ms of processor time, with making the mask\n`);
}
process.stdout.write(`budget of ${BUDGET_MS} ms ${slowest <= BUDGET_MS ? "holds" : "is missed"}\n`);
