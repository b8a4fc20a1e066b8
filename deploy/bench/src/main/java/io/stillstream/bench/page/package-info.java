/** How much processor time and memory the live page takes. */
package io.stillstream.bench.page;
