// Builds dist/ from lib/.
import { bundleInto } from "./bundle.ts";

await bundleInto("dist");
