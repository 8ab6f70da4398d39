// A constant that doubles with every line.
class Program {
    const string S0 = "xxxxxxxxxxxxxxxx";
    const string S1 = S0 + S0;
    const string S2 = S1 + S1;
    const string S3 = S2 + S2;
    const string S4 = S3 + S3;
    const string S5 = S4 + S4;
    const string S6 = S5 + S5;
    const string S7 = S6 + S6;
    const string S8 = S7 + S7;
    const string S9 = S8 + S8;
    const string S10 = S9 + S9;
    const string S11 = S10 + S10;
    const string S12 = S11 + S11;
    const string S13 = S12 + S12;
    const string S14 = S13 + S13;
    const string S15 = S14 + S14;
    const string S16 = S15 + S15;
    const string S17 = S16 + S16;
    const string S18 = S17 + S17;
    const string S19 = S18 + S18;
    const string S20 = S19 + S19;
    const string S21 = S20 + S20;
    const string S22 = S21 + S21;
    const string S23 = S22 + S22;
    const string S24 = S23 + S23;
    const string S25 = S24 + S24;
    const string S26 = S25 + S25;
    const string S27 = S26 + S26;
    const string S28 = S27 + S27;
    const string S29 = S28 + S28;
    const string S30 = S29 + S29;
    const string S31 = S30 + S30;
    const string S32 = S31 + S31;
    static void Main() => System.Console.WriteLine(S32.Length);
}
