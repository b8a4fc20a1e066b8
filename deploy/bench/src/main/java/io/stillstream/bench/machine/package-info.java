/** Facts about the machine and this process: processor time, memory and a working directory. */
package io.stillstream.bench.machine;
