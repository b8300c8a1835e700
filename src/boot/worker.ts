/** Entry of a worker process. */
import { boot } from "./boot.js";

boot("worker");
