namespace LstmTorch.Backtesting;

/// <summary>Student's t distribution.</summary>
internal static class StudentT
{
    private const int MostTerms = 500;
    private const double Tiny = 1e-300, Precision = 1e-15;

    /// <summary>The chance of a value as far from 0 as t, or farther, to either side.</summary>
    /// <param name="t">The value.</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    public static double TwoSided(double t, double degrees) => RegularizedBeta(degrees / (degrees + (t * t)), degrees / 2, 0.5);

    /// <summary>I_x(a, b) by its continued fraction (Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 26.5.8).</summary>
    private static double RegularizedBeta(double x, double a, double b)
    {
        if (x is <= 0 or >= 1)
            return x <= 0 ? 0 : 1;
        double factor = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));

        // The fraction is quick on one side of the mean; the other side is its mirror.
        return x < (a + 1) / (a + b + 2) ? factor * Fraction(x, a, b) / a : 1 - (factor * Fraction(1 - x, b, a) / b);
    }

    /// <summary>The fraction by Lentz's method (1976): numerators and denominators as ratios, so that neither overflows.</summary>
    private static double Fraction(double x, double a, double b)
    {
        double c = 1, d = 1 / NotZero(1 - ((a + b) * x / (a + 1))), value = d;
        for (int m = 1; m <= MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            value *= c * d;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            value *= c * d;
            if (Math.Abs((c * d) - 1) < Precision)
                break;
        }

        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    /// <summary>Stirling's series, after the argument was raised to where it holds to the last digits.</summary>
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 15; x++)
            shift -= Math.Log(x);
        double inverse = 1 / x, square = inverse * inverse;
        double series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680))))));
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series;
    }
}
