import { openSqliteHarness } from "./sqlite-harness.js";
import { storeSuite } from "./store-suite.js";

storeSuite("SQLite", openSqliteHarness);
