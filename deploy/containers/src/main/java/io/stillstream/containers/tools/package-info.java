/** Tools outside of this build that tests need, and what becomes of a test without its tool. */
package io.stillstream.containers.tools;
