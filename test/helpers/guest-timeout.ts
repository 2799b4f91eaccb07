// The guest's processor is emulated: everything takes ten times as long there.
import { jest } from '@jest/globals';

jest.setTimeout(120_000);
