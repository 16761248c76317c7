/** A dsappd server inside JUnit 5: clock, faults, a phone and the requests that it got. */
package io.github.dsappd.junit;
