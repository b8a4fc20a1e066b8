/** The trainer as a service: what it reads, when it saves, and how it is. */
package io.stillstream.trainer;
